"""What the columns of a catalogue's workbook are called, in the words of the guide.

Source: 政务信息资源目录编制指南(试行)(2017) 核心元数据; 阳府〔2018〕60号 第八条.
"""

from collections.abc import Mapping

COMMON: Mapping[str, str] = {
    "id": "标识", "title": "名称", "aliases": "别名", "clause": "依据条款",
    "confidence": "可信度", "valid_from": "起始日期", "valid_to": "截止日期",
    "subject_classes": "信息主体类别", "datasets": "信息资源", "severity": "级别",
    "title_en": "英文名称", "document": "依据文件", "platform": "平台名称",
    "document_valid_from": "文件施行日期", "document_valid_to": "文件失效日期",
    "document_status": "文件效力", "contact": "联系部门",
    "region_codes": "行政区划代码",
    "grades": "失信等级", "routes": "归集路径", "open_points": "待定事项",
    "opening_ways": "开放方式用语", "cycles": "更新周期天数", "transition": "新旧衔接",
    "rule_pages": "规则页网址", "grade_rules": "失信等级规定", "tolerance": "容许",
    "circular": "通报", "batch_limits": "整批限度", "row_count": "行数",
    "columns": "列", "freshness": "时效", "redating": "改期", "from_rows": "起算行数",
    "licence_datasets": "许可类资源", "penalty_datasets": "处罚类资源",
    "list_datasets": "名单类资源", "severe_late_rate_above": "严重迟报率高于",
    "praised_conformity_from": "表扬合规率不低于", "named_from": "点名起算条数",
    "issuer": "发文机关", "symbol": "发文机关代字", "addressees": "主送机关",
    "copies_to": "抄送机关",
    "late_rate_above": "迟报率高于", "conformity_below": "合规率低于",
    "objections": "异议办理", "office": "受理单位", "form": "申请表",
    "mark": "公示标注", "due_soon": "临期工作日", "dataset": "信息资源",
    "record": "记录标识项", "provider": "提供方项", "claim": "异议内容项",
    "required_on": "须注明等级的资源", "accumulates": "累加", "source": "来源",
    "effective_from": "施行日期", "effective_to": "失效日期", "touches": "涉及内容",
    "uscc": "统一社会信用代码", "parent": "上级单位", "tier": "层级", "region": "地区",
    "route": "归集路径", "delivers_for": "代报单位", "sftp": "文件服务器连接",
    "until": "截止日期", "audience": "受众", "format": "文件格式", "kind": "种类",
    "working_days": "工作日", "calendar_days": "自然日", "months": "月数",
    "starts": "起算", "responsible": "责任方", "parameter": "平台参数",
    "regime": "期限制度", "min_months": "最短月数", "at_maximum": "届满处理",
    "not_repairable": "不可修复类别", "code": "代码", "values": "取值",
    "department": "单位", "connection": "数据库连接", "table": "表", "sql": "查询文件",
    "watermark": "变更时间列", "overlap_hours": "重读小时", "cycle": "抽取周期",
    "sweep": "全量比对周期", "most_rows": "最多行数", "items": "信息项", "when": "条件",
    "day": "日期", "pairs": "前两位", "start": "起始", "pattern": "格式",
    "or_same_as": "或与之相同", "ranges": "区间", "dimension": "质量维度",
    "responsibility": "责任方", "mostly": "容许比例", "description": "说明",
    "description_en": "英文说明", "message": "提示语", "message_en": "英文提示语",
    "remedy": "改正办法", "example": "示例", "item": "信息项", "contains": "包含",
    "wrong": "错例", "right": "对例", "local": "仅本地",
    "clocks_since": "时限起算日期",
}  # fmt: skip
"""Key -> its Chinese name, in every sheet that has no name of its own for it."""

OF_DATASET: Mapping[str, str] = {
    "id": "信息资源代码", "title": "信息资源名称", "summary": "信息资源摘要",
    "info_class": "信息资源分类", "providers": "信息资源提供方",
    "share_type": "共享类型",
    "share_condition": "共享条件", "share_method": "共享方式", "open_level": "开放类型",
    "update_cycle": "更新周期", "valid_from": "发布日期", "legal_basis": "法定依据",
    "standard": "标准", "version": "版本", "source_department": "数源部门",
    "coverage": "覆盖范围", "credit_record": "信用信息目录属性",
    "catalogue_entry": "信用信息目录条目", "role": "作用", "name": "名称",
    "register_items": "登记信息项", "delivery": "报送方式", "authority": "机关",
    "mass_change_limit": "大批变更限度", "superseded_rows": "旧版本行",
    "subject": "信息主体", "person_id": "证件号码", "category": "主体类别",
    "identifiers": "其他代码", "key": "关键信息项", "same_number": "同一文号",
    "other_subject": "他主体", "other_day": "他日期", "event": "信息产生日期",
    "produced": "状态日期", "source": "数据来源单位", "unlisted_bodies": "未列单位",
    "status": "状态", "revoked": "撤销值", "grade_item": "失信等级项",
    "publication_term": "公示期限", "end_items": "截止信息项",
    "class_item": "类别信息项", "repairs": "信用修复", "dataset": "被修复信息类别",
    "number": "被修复信息文号", "outcome": "修复结果", "granted": "准予值",
    "classes": "类别", "default_class": "默认类别", "limits": "文件限度",
    "workbook_mib": "工作簿 MiB", "text_mib": "文本 MiB", "rows": "行数",
    "cells": "单元格数", "marked_cells": "标注单元格数", "seconds": "秒数",
}  # fmt: skip

OF_ITEM: Mapping[str, str] = {
    "id": "信息项标识", "title": "信息项名称", "type": "数据类型", "code": "信息项代码",
    "length": "数据长度", "required": "是否必填", "required_when": "条件必填",
    "empty_when": "条件不填", "code_list": "代码表", "unit": "计量单位",
    "currency_item": "币种信息项", "placeholder": "无代码用语", "minimum": "最小值",
    "maximum": "最大值", "sensitivity": "敏感性", "masking": "脱敏",
    "remark": "填报说明",
    "open_level": "开放类型",
}  # fmt: skip


def word(model: str, key: str) -> str:
    """Return the Chinese name of a key, each part of a nested one.

    Args:
        model: name of the model that the sheet lists.
        key: of it, such as `subject.name`.

    Returns:
        The name; of a part that has none, the part itself.
    """
    own = {"Dataset": OF_DATASET, "Item": OF_ITEM}.get(model, {})
    return "-".join(own.get(part) or COMMON.get(part, part) for part in key.split("."))
