"""Currencies and how departments write them, those that no longer exist among them.

Registrations of joint ventures keep the currency in which their capital was agreed:
amounts in 德国马克 or 法国法郎 are as valid today as when they were registered.

Source: ISO 4217, lists one (current) and three (historic); GB/T 12406.
"""

from typing import NamedTuple

from guiji.domain import text


class Currency(NamedTuple):
    """One currency.

    Attributes:
        title: as GB/T 12406 calls it, and as it is stored.
        number: three digits of ISO 4217.
        names: further ways of writing it, in half width and upper case.
    """

    title: str
    number: str
    names: tuple[str, ...]


RMB = "人民币"
TWO_CURRENCIES = "two_currencies"
"""Level of an amount beside which another currency stands than in its own item."""

_TABLE = """
人民币 156 CNY RMB ¥ ￥
美元 840 USD 美金 US$
港币 344 HKD 港元 香港元 HK$
欧元 978 EUR €
日元 392 JPY 日圆 日币
英镑 826 GBP £
加拿大元 124 CAD 加元
澳大利亚元 036 AUD 澳元
新西兰元 554 NZD 纽元
新加坡元 702 SGD 新元
瑞士法郎 756 CHF
韩元 410 KRW 韩圆 韩国元
新台币 901 TWD 台币 新台湾元
澳门元 446 MOP 澳门币
瑞典克朗 752 SEK
挪威克朗 578 NOK
丹麦克朗 208 DKK
泰铢 764 THB 泰国铢
马来西亚林吉特 458 MYR 马来西亚元 林吉特
菲律宾比索 608 PHP
印度尼西亚盾 360 IDR 印尼盾
印度卢比 356 INR
越南盾 704 VND
俄罗斯卢布 643 RUB 卢布
德国马克 276 DEM 西德马克 联邦德国马克
法国法郎 250 FRF
意大利里拉 380 ITL
荷兰盾 528 NLG
比利时法郎 056 BEF
卢森堡法郎 442 LUF
奥地利先令 040 ATS
西班牙比塞塔 724 ESP
葡萄牙埃斯库多 620 PTE
芬兰马克 246 FIM
爱尔兰镑 372 IEP
希腊德拉克马 300 GRD
斯洛文尼亚托拉尔 705 SIT
塞浦路斯镑 196 CYP
马耳他里拉 470 MTL
斯洛伐克克朗 703 SKK
爱沙尼亚克朗 233 EEK
拉脱维亚拉特 428 LVL
立陶宛立特 440 LTL
克罗地亚库纳 191 HRK
欧洲货币单位 954 XEU
"""

CURRENCIES = tuple(
    Currency(title, number, tuple(names))
    for title, number, *names in (line.split() for line in _TABLE.strip().split("\n"))
)

TITLES = {
    written: currency.title
    for currency in CURRENCIES
    for written in (currency.title, *currency.names)
}
"""How a currency is written beside a number -> its title."""

_NUMBERS = {currency.number: currency.title for currency in CURRENCIES}


def title_of(written: str) -> str | None:
    """Return the title of a currency however it is written; None = not known."""
    half = text.compact_one(written)
    if half is None:
        return None
    by_name = TITLES.get(half) or TITLES.get(half.removesuffix("元"))
    return by_name or _NUMBERS.get(half)
