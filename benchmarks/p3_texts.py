"""What the records of P3 say: SQL per item of the six datasets of Guiyang.

Expressions see `n` (the record's number), `e` (its enterprise's), `code` and `who` (the
enterprise's credit code and name), `day` (of the event), `v` (0 = first version, else
the night that changed it) and `night` (null in the first load). An item that is not
named here is null, as most optional items are in life.
"""

from collections.abc import Mapping

PREPARED = """
create macro pick(words, drawn) as
    list_extract(words, 1 + (drawn % len(words)::ubigint)::int);
create macro letter(drawn) as
    substr('0123456789ABCDEFGHJKLMNPQRTUWXY', 1 + (drawn % 31)::int, 1);
create macro ideograph(drawn) as chr(19968 + (drawn % 3000)::int);
create macro two(drawn) as ideograph(drawn) || ideograph(drawn >> 16);
create macro four(drawn) as two(drawn) || two(drawn >> 32);
create macro place(e) as pick([
    '云岩区', '南明区', '观山湖区', '花溪区', '乌当区', '白云区', '清镇市', '修文县'
], hash(e, 1));
create macro region(e) as pick([
    '520103', '520102', '520115', '520111', '520112', '520113', '520181', '520123'
], hash(e, 1));
create macro digits(s) as letter(s) || letter(s // 31) || letter(s // 961)
    || letter(s // 29791) || letter(s // 923521) || letter(s // 28629151);
create macro credit_code(e) as '91' || region(e) || 'MA'
    || digits(e * 387420489 % 887503681) || letter(hash(e, 2)) || letter(hash(e, 3));
create macro enterprise(e) as pick(['贵阳', '贵州', '贵阳市'], hash(e, 4)) || place(e)
    || four(hash(e, 5)) || pick([
    '商贸', '科技', '餐饮管理', '建筑工程', '文化传媒', '物业服务', '物流', '医药'
], hash(e, 6)) || pick(['有限公司', '有限责任公司', '中心(有限合伙)'], hash(e, 7));
create macro person(e) as pick(['王', '李', '张', '刘', '陈', '杨'], hash(e, 8))
    || two(hash(e, 9));
create macro address(e) as '贵州省贵阳市' || place(e) || two(hash(e, 10)) || '街道'
    || two(hash(e, 11)) || '路' || (hash(e, 12) % 900 + 1)::varchar || '号'
    || (hash(e, 13) % 30 + 1)::varchar || '层'
    || (hash(e, 14) % 20 + 1)::varchar || '室';
create macro old_number(e) as
    case when hash(e, 15) % 5 = 0 then '520100' || lpad(e::varchar, 9, '0') end;
create macro authority(n) as '贵阳市' || place(n)
    || pick(['市场监督管理局', '行政审批局', '生态环境局'], hash(n, 16) // 8);
create macro authority_code(n) as '11' || region(n) || 'MB' || pick([
    '0W12345A', '1K77310B', '0C20466L'
], hash(n, 16) // 8);
"""
"""Macros. The modulus is 31 to the 6th, the factor has no divisor with it in common:
two enterprises never share a code. Its two check characters are drawn."""

PARTY = {
    "counterpart_name": "who",
    "counterpart_category": "'法人及非法人组织'",
    "uscc": "code",
    "registration_no": "old_number(e)",
    "org_code": "case when hash(e, 17) % 10 = 0 then substr(code, 9, 9) end",
    "legal_representative": "person(e)",
    "decided_on": "day",
    "authority_name": "authority(n)",
    "authority_uscc": "authority_code(n)",
    "source_name": "authority(n)",
    "source_uscc": "authority_code(n)",
    "remark": "case when v > 0 then '第' || v || '次更正' end",
}
SUBJECT = {
    "subject_id": "'5201' || lpad(e::varchar, 14, '0')",
    "enterprise_name": "who",
    "uscc": "code",
    "registration_no": "old_number(e)",
}
LISTED = SUBJECT | {
    "listed_on": "day",
    "listed_by": "authority(n)",
    "removed_on": "if(v > 0, night - 3, if(hash(n, 20) % 3 = 0, day + 200, null))",
    "removed_reason": "if(v > 0 or hash(n, 20) % 3 = 0, '已补报年度报告并公示', null)",
    "removed_by": "if(v > 0 or hash(n, 20) % 3 = 0, authority(n), null)",
}

ITEMS: Mapping[str, Mapping[str, str]] = {
    "enterprise_registration": SUBJECT
    | {
        "enterprise_type": "pick(['有限责任公司(自然人独资)', '有限责任公司', "
        "'个体工商户', '股份有限公司(非上市)'], hash(n, 21))",
        "legal_representative": "person(e)",
        "registered_capital": "(hash(n, 22) % 100000 / 10)::decimal(24, 6)",
        "registered_capital_currency": "'人民币'",
        "industry_category": "pick(['C', 'E', 'F', 'H', 'L', 'O'], hash(n, 23))",
        "industry_code": "(1000 + hash(n, 24) % 8600)::varchar",
        "established_on": "day - 300",
        "approved_on": "if(v > 0, night - 2, day)",
        "registration_authority": "'贵阳市' || place(e) || '市场监督管理局'",
        "registration_status": "if(v > 0, '歇业', '存续')",
        "business_scope": "'法律、法规、国务院决定规定禁止的不得经营；' "
        "|| four(hash(n, 25)) || '销售；' || four(hash(n, 26)) || '服务；' "
        "|| four(hash(n, 27)) || '技术开发、技术咨询。'",
        "operation_from": "day - 300",
        "operation_to": "if(hash(n, 28) % 2 = 0, day + 7300, null)",
        "operation_to__forever": "hash(n, 28) % 2 = 1",
        "domicile": "address(e)",
        "domicile_region": "region(e)",
        "province": "'贵州省'",
        "city": "'贵阳市'",
        "postal_code": "'5500' || lpad((hash(n, 29) % 100)::varchar, 2, '0')",
    },
    "administrative_licence": PARTY
    | {
        "document_name": "pick(['食品经营许可决定书', '建筑工程施工许可决定书', "
        "'排污许可决定书', '公共场所卫生许可决定书'], hash(n, 31))",
        "decision_no": "'筑审批许〔' || year(day) || '〕' || n || '号'",
        "licence_category": "pick(['普通', '认可', '核准', '登记'], hash(n, 32))",
        "certificate_name": "pick(['食品经营许可证', '排污许可证'], hash(n, 33))",
        "certificate_no": "if(hash(n, 34) % 2 = 0, 'JY25201' || n, null)",
        "licence_content": "'准予' || who || '从事' || four(hash(n, 35)) || '、' "
        "|| four(hash(n, 36)) || '，经营场所：' || address(e)",
        "valid_from": "day",
        "valid_until": "day + 1826",
        "status": "if(operation = 'revoke', '2', '1')",
    },
    "administrative_penalty": PARTY
    | {
        "decision_no": "'筑市监罚〔' || year(day) || '〕' || n || '号'",
        "violation_type": "pick(['未按规定公示年度报告', '超出核准范围经营', "
        "'发布虚假广告', '未明码标价'], hash(n, 41))",
        "violation_facts": "'经查，当事人自' || year(day) || '年起在' || address(e) "
        "|| four(hash(n, 42)) || four(hash(n, 43)) || '，涉案货值' "
        "|| hash(n, 44) % 90000 || '元，上述事实有现场检查笔录、询问笔录等证据证实。'",
        "penalty_basis": "'《企业信息公示暂行条例》第' || hash(n, 45) % 25 || '条'",
        "penalty_category": "pick(['罚款', '警告', '警告；罚款'], hash(n, 46))",
        "penalty_content": "'责令改正，罚款人民币' || hash(n, 47) % 50000 || '元'",
        "fine_amount": "(hash(n, 47) % 50000 / 10000)::decimal(24, 6)",
        "valid_until": "day + 365",
        "publicity_ends_on": "if(hash(n, 48) % 3 = 0, day + 365, null)",
    },
    "abnormal_operation_list": LISTED
    | {
        "list_id": "'YC' || lpad(n::varchar, 16, '0')",
        "listed_reason": "pick(['未依照规定的期限公示年度报告的', "
        "'通过登记的住所或者经营场所无法联系的'], hash(n, 51))",
    },
    "serious_dishonesty_list": LISTED
    | {
        "list_id": "'SX' || lpad(n::varchar, 16, '0')",
        "listed_reason": "'被列入经营异常名录届满3年仍未履行相关义务：'"
        " || four(hash(n, 52))",
        "dishonesty_grade": "'严重'",
    },
    "spot_check": SUBJECT
    | {
        "check_id": "'CC' || lpad(n::varchar, 16, '0')",
        "authority_name": "authority(n)",
        "check_type": "pick(['抽查', '检查'], hash(n, 61))",
        "checked_on": "day",
        "result": "pick(['未发现问题', '发现问题已责令改正', "
        "'不配合检查情节严重', '通过登记的住所无法联系'], hash(n, 62) + v)",
        "remark": "if(hash(n, 63) % 4 = 0, '检查事项：' || four(hash(n, 64)), null)",
    },
}
"""Dataset -> item (or flag of an item) -> what it says."""
