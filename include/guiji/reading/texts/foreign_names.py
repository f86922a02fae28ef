"""Short names in Big5 and EUC-KR that decode as Chinese characters.

A name of two or three characters is too short to be told by how common its characters
are. But it begins with a surname, and who has a Chinese one has none of these: the
bytes of 김 are those of 辫, the bytes of 陳 those of 朝. A line counts only where
nothing else in it is Chinese.

Of names drawn for tests 96 of 100 Taiwanese and 95 of 100 Korean ones are found; none
of 150,000 Chinese names with characters beyond the first level of GB 2312 is.
"""

import re

from guiji.reading.texts.encoding import EVERYDAY_BIG5, characters

BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
IDEOGRAPH = re.compile("[\u3400-\u9fff]")
GB2312 = characters("gb2312", range(0xB0, 0xF8), range(0xA1, 0xFF))

TAIWANESE = frozenset(
    "陳林黃張李王吳劉蔡楊許鄭謝郭洪邱曾廖賴徐周葉蘇莊江呂何羅高蕭潘簡朱鍾彭游詹胡施沈余趙盧梁顏柯翁魏孫戴"
    "范方宋鄧杜傅侯曹溫薛丁馬蔣唐藍馮姚石董紀歐連程田康姜汪白涂鄒尤巫韓黎龔嚴袁童阮倪陸夏金錢凃古駱柳俞卓"
    "邵湯鄔伍熊甘龍史賀任"
)
"""Surnames in Big5; below those in Hangul, and those of people in the mainland."""

KOREAN = frozenset(
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민나엄원채천방공현함변염여추"
)
SYLLABLES = frozenset(
    "가강건경계고관광교구국규균근금기길나남노다단대덕도동두라란람래려련령례로록루린림마만명모무문미민배범병보복"
    "봉비빈사상생서석선설섭성세소솔송수숙순슬승시식신아안애양언여연열영예오옥완용우욱운웅원월유윤은을의이익인일"
    "임자재전정제조종주준중지진찬창채천철초춘충치태택필하학한해향헌혁현형혜호홍화환회효후훈휘희"
)
"""Of which Korean given names are made."""

CHINESE = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马"
    "苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪"
    "祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田"
    "樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封"
    "芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶"
    "郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍璩桑桂濮牛寿通边扈"
    "燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东殴殳沃利蔚越"
    "夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查后荆红游竺权逯盖益桓公肖付代覃兰冼涂丘修原"
    "佟仝逢苑帅揭由岳欧牟阳芦麦苟隋商丛佘迟邝官南栗楚鄢谌粟楼盘位区海豆朴练漆卿晋初门敬来普鹿邸辜阿母亓赫况鲜战"
    "玉银亢哈宾呼但尉冶斯檀衣信展智奉植尧闭"
)
TRADE_NAMES = frozenset("冠快")
"""First characters of trade names that are the bytes of Korean surnames."""

FIRST = frozenset(x.encode("euc_kr").decode("gbk") for x in KOREAN) - CHINESE
"""What Korean surnames are read as."""

LEAST_WORD, LONGEST_WORD = 3, 4
RARE = 2
"""Characters outside of GB 2312 that make a word in Big5 implausible as Chinese."""


def is_name(line: str) -> bool:
    """Recognise a line of which all that is not ASCII is a name in Big5 or EUC-KR.

    Args:
        line: its text, decoded as GB18030.
    """
    runs = BEYOND_ASCII.findall(line)
    if len(runs) != 1 or not 1 < len(runs[0]) <= LONGEST_WORD:
        return False
    try:
        raw = runs[0].encode("gb18030")
    except UnicodeEncodeError:
        return False
    return _is_korean(runs[0], raw) or _is_big5(runs[0], raw)


def _is_korean(text: str, raw: bytes) -> bool:
    name = _decoded(raw, "euc_kr")
    if len(name) not in (2, 3) or text[0] not in FIRST:
        return False
    if len(name) == 2 and text[0] in TRADE_NAMES:
        return False
    return name[0] in KOREAN and SYLLABLES.issuperset(name[1:])


def _is_big5(text: str, raw: bytes) -> bool:
    name = _decoded(raw, "big5")
    if len(name) < 2 or not EVERYDAY_BIG5.issuperset(name):
        return False
    rare = sum(sign not in GB2312 for sign in text)
    ideographs = len(IDEOGRAPH.findall(text))
    if not ideographs or (text[0] in CHINESE and ideographs == len(text)):
        return False  # kana or Greek; or a Chinese name, whatever the given name is
    if rare >= RARE and len(name) >= LEAST_WORD:
        return True
    return rare > 0 and name[0] in TAIWANESE and len(name) <= LEAST_WORD


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return ""
