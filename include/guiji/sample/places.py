"""The districts of a jurisdiction, as its enterprises' names and addresses say them."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from guiji.core.errors import CatalogError

MUNICIPAL_ROWS = ("市辖区", "县", "市")
"""What GB/T 2260 calls the cities of a province-level city (直辖市), which has none."""

DIRECTLY_RULED = "直辖县级"
"""Part of the name of the row that stands for counties without a city."""


@dataclass(frozen=True)
class Places:
    """The districts of a jurisdiction.

    Attributes:
        codes: codes of districts and zones (GB/T 2260 and supplements).
        names: their names with city, e.g. 贵阳市南明区.
        cities: the names of their cities, e.g. 贵阳市; a district of a province-level
            city has the province's.
        province: e.g. 贵州省.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    cities: tuple[str, ...]
    province: str

    @property
    def address_start(self) -> str:
        """What an address says before city and district; empty for 直辖市."""
        return "" if self.province in self.cities else self.province


def places(region_codes: tuple[str, ...], table: Path) -> Places:
    """Look up the districts of a jurisdiction in the table of region codes.

    Where no district is listed, provinces and cities stand for all of theirs.

    Args:
        region_codes: codes of the place and its districts.
        table: CSV with columns code, name, from, to; `to` empty = still in use.

    Raises:
        CatalogError: no district in use is among the codes, nor within them.
    """
    with table.open(encoding="utf-8", newline="") as file:
        current = {r["code"]: r["name"] for r in csv.DictReader(file) if not r["to"]}
    districts = tuple(c for c in region_codes if _is_district(c, current))
    if not districts:
        within = (d for code in region_codes for d in _within(code, current))
        districts = tuple(dict.fromkeys(within))
    if not districts:
        raise CatalogError(
            f"{table}: none of the jurisdiction's region codes is a district in use; "
            "add the codes of its districts"
        )
    cities = tuple(_city(code, current) for code in districts)
    return Places(
        districts,
        tuple(
            _full_name(city, current[code])
            for city, code in zip(cities, districts, strict=True)
        ),
        cities,
        current[districts[0][:2] + "0000"],
    )


def _is_district(code: str, current: Mapping[str, str]) -> bool:
    """Return whether a code is that of a district or zone in use, not 市辖区."""
    return code in current and code[4:] not in ("00", "01")


def _within(code: str, current: Mapping[str, str]) -> list[str]:
    stem = code.removesuffix("00").removesuffix("00")
    return [c for c in current if c.startswith(stem) and _is_district(c, current)]


def _city(code: str, current: Mapping[str, str]) -> str:
    province = current[code[:2] + "0000"]
    city = current.get(code[:4] + "00", province)
    return province if city in MUNICIPAL_ROWS or DIRECTLY_RULED in city else city


def _full_name(city: str, district: str) -> str:
    """Join city and district; the names of zones begin with their city already."""
    return district if district.startswith(city[:2]) else city + district
