"""The corpus of workbooks, zips and what is named like them."""

from nasty import Nasty, bad_books, bombs, markup, odd_books

KINDS: dict[str, Nasty] = (
    odd_books.READ | bombs.KINDS | bad_books.REFUSED | markup.KINDS
)
