# cjk: the titles and words of registers
# ruff: noqa: E501  (lists of words)
"""The fields that each kind of file can fill, and the titles that communities give them.

Only fields that some rule uses: other columns are listed as ignored and not kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from lianfang.doors.imports import fields_tracing
from lianfang.doors.imports.rows import Kind
from lianfang.doors.imports.values import shown

if TYPE_CHECKING:
    from lianfang.doors.imports.problems import Words
    from lianfang.doors.imports.tables import Cell

# The first column of a returned file; the reader passes over it.
REASON = "reason"
IGNORE = ""

LABELS: dict[str, Words] = {
    "area": _("grid or area"),
    "address": _("address"),
    "building": _("building"),
    "unit": _("unit"),
    "floor": _("floor"),
    "room": _("room"),
    "household": _("household number"),
    "head": _("head of household"),
    "occupancy": _("occupied or vacant"),
    "name": _("name"),
    "sex": _("sex"),
    "birth_date": _("birth date"),
    "id_kind": _("ID type"),
    "id_number": _("ID number"),
    "phone": _("phone"),
    "relation": _("relation to the head"),
    "role": _("role"),
    "organisation": _("organisation"),
    "title": _("position"),
    "skills": _("skills"),
    "areas": _("areas served"),
    "buildings": _("buildings served"),
    "code": _("code"),
    "kind": _("type"),
    "parent": _("belongs to"),
    "contact": _("contact person"),
    "level": _("level"),
    "name_latin": _("name in Latin letters"),
    "age": _("age"),
    "nationality": _("nationality"),
    "place_from": _("comes from"),
    "onward": _("goes on to"),
    "seat": _("seat"),
    "family": _("family or booking"),
    "accessible": _("wheelchair"),
    "temperature": _("temperature"),
    "symptoms": _("symptoms"),
    **fields_tracing.LABELS,
}

_PERSON = {
    "sex": "性别 sex gender",
    "id_kind": "证件类型 证件种类 证件类别 证件名称 idtype documenttype 身份证件类型",
    "id_number": "身份证号 身份证号码 身份证 身份号码 证件号码 证件号 公民身份号码 居民身份证号码 "
    "身份证件号码 身份证编号 公民身份证号码 证件编号 idnumber idno id idcard identitynumber idcardno "
    "passportno nationalid 身份证或护照号",
    "phone": "电话 联系电话 手机 手机号 手机号码 联系方式 电话号码 移动电话 联系手机 联络电话 固定电话 "
    "家庭电话 座机 本人电话 户主电话 户主联系电话 phone mobile telephone tel phonenumber mobilephone "
    "contactnumber cell phoneno 联系号码 手提电话",
}

SYNONYMS: dict[Kind, dict[str, str]] = {
    Kind.ROSTER: {
        **_PERSON,
        "area": "网格 所属网格 网格编号 网格号 网格名称 所在网格 网格代码 片区 所属片区 责任网格 grid "
        "gridcode gridno gridname area areacode 村民小组 居民小组 小组 自然村 所属社区网格",
        "address": "地址 住址 详细地址 家庭住址 现住址 居住地址 家庭地址 房屋地址 现居住地址 常住地址 "
        "现居地址 住房地址 房屋坐落 小区楼栋房号 楼栋房号 楼栋单元房号 具体地址 居住地 实际居住地址 "
        "现住地址 现居住地 address homeaddress residence householdaddress 详细住址 楼房号 栋号房号",
        "building": "楼栋 楼栋号 栋号 楼号 栋 幢 幢号 座 座号 楼座 楼幢 楼宇 楼栋名称 building bldg "
        "block tower buildingno buildingnumber 楼 栋座 楼栋编号 几栋",
        "unit": "单元 单元号 梯 梯号 门洞 楼门 unit entrance unitno 单元编号",
        "floor": "楼层 层 层数 所在楼层 floor level 层号",
        "room": "房号 房间号 室号 室 门牌号 门牌 房间 门号 房屋号 房 户室号 门牌号码 room roomno flat "
        "apartment apt roomnumber flatno 房屋编号 户室",
        "household": "户号 户编号 家庭编号 户籍编号 户口编号 户口号 户口簿号 住户编号 household "
        "householdno householdid familyno householdnumber 户口本号 户主编号 家庭号",
        "head": "户主 户主姓名 户主名 房主姓名 户主名字 headofhousehold householdhead head nameofhead",
        "occupancy": "居住状态 居住情况 房屋状态 房屋使用情况 是否空置 入住情况 居住状况 房屋性质状态 "
        "occupancy vacancy vacant occupied 入住状态 房屋居住状态",
        "name": "姓名 名字 居民姓名 人员姓名 家庭成员姓名 成员姓名 住户姓名 家庭成员 姓 名 住户 居民 "
        "name fullname residentname personname membername 人口姓名 居住人姓名 实际居住人",
        "birth_date": "出生日期 出生年月 出生年月日 生日 出生时间 出生 birthdate dateofbirth dob birthday "
        "birth",
        "relation": "与户主关系 关系 户主关系 家庭关系 与户主的关系 与房主关系 成员关系 与业主关系 "
        "relation relationship relationtohead relationshiptohead 称谓 与户主",
    },
    Kind.HELPERS: {
        **_PERSON,
        "name": "姓名 名字 人员姓名 志愿者姓名 党员姓名 网格员姓名 name fullname 队员姓名 网格员 志愿者",
        "role": "角色 身份 类别 人员类别 人员身份 岗位类别 人员类型 服务身份 role type category 类型 "
        "人员性质 队员类别",
        "organisation": "单位 工作单位 所在单位 所属组织 组织 所属单位 所属党支部 党支部 所在党支部 "
        "所在党组织 组织关系 所在组织 organisation organization unit team affiliation 所属队伍 队伍 "
        "所属支部 支部",
        "title": "职务 职位 岗位 职称 担任职务 title position job post 党内职务 社区职务",
        "skills": "特长 技能 专长 擅长 服务技能 专业特长 服务特长 skills skill abilities 技能特长 专业",
        "areas": "服务网格 负责网格 网格 所属网格 责任网格 服务区域 服务片区 包片 area areas grid grids "
        "包联网格 分管网格",
        "buildings": "服务楼栋 负责楼栋 可服务楼栋 包干楼栋 楼栋 责任楼栋 认领楼栋 所管楼栋 负责楼幢 "
        "buildings building buildingsserved 包楼 分管楼栋 联系楼栋",
    },
    Kind.ORGANISATIONS: {
        "name": "单位名称 组织名称 名称 机构名称 单位 全称 企业名称 name organisation organization "
        "organisationname organizationname 党组织名称 单位全称",
        "code": "统一社会信用代码 社会信用代码 信用代码 组织机构代码 机构代码 代码 编码 编号 code creditcode "
        "unifiedsocialcreditcode 单位代码",
        "kind": "类型 单位类型 组织类型 机构类型 性质 单位性质 类别 type kind category",
        "parent": "上级单位 上级组织 所属上级 主管单位 上级 隶属 隶属单位 上级党组织 上级部门 主管部门 "
        "parent parentorganisation parentorganization belongsto",
        "areas": "服务网格 服务区域 负责区域 挂点网格 报到社区 服务社区 对接网格 包联网格 负责网格 所在网格 "
        "areas area grid grids areasserved 挂点社区 联系社区",
        "contact": "联系人 负责人 联络人 联系人姓名 负责人姓名 党组织书记 contact contactperson leader",
        "phone": "电话 联系电话 手机 联系方式 手机号码 联系人电话 负责人电话 电话号码 手机号 phone mobile "
        "telephone tel contactphone",
    },
    Kind.AREAS: {
        "code": "代码 编码 区划代码 行政区划代码 统计用区划代码 区域代码 网格代码 编号 网格编号 网格编码 "
        "区划编码 code pcode areacode id admcode 区域编码 划分代码",
        "name": "名称 区划名称 区域名称 单位名称 网格名称 行政区划名称 地名 name areaname 社区名称",
        "parent": "上级代码 上级编码 父级代码 父代码 所属代码 上级区划代码 上级区域代码 parent parentcode "
        "parentpcode parentid 上级",
        "level": "级别 层级 等级 区划级别 类型 level type 行政级别",
    },
}

SYNONYMS[Kind.MANIFEST] = {
    **_PERSON,
    "id_number": _PERSON["id_number"]
    + " 护照号 护照号码 旅行证件号 passport passportnumber traveldocument "
    "documentno documentnumber 护照",
    "name": "姓名 名字 旅客姓名 乘客姓名 中文姓名 中文名 旅客 乘客 name fullname passengername passenger "
    "chinesename nameofpassenger",
    "name_latin": "英文姓名 英文名 拼音 姓名拼音 拼音姓名 拼音名 外文姓名 护照姓名 latinname englishname "
    "nameinenglish pinyin namepinyin romanizedname",
    "birth_date": SYNONYMS[Kind.ROSTER]["birth_date"],
    "age": "年龄 岁数 周岁 age",
    "nationality": "国籍 国家地区 国籍地区 国家 nationality citizenship",
    "place_from": "来自 来源地 出发地 始发地 居住地 常住地 来自何地 旅居地 停留地 14天内旅居地 近14天旅居史 旅居史 "
    "来自地 出发城市 from comesfrom departedfrom placeoforigin residence hometown origin",
    "onward": "目的地 去向 前往地 前往 后续行程 到达后去向 goesto onward destination goingto finaldestination",
    "seat": "座位 座位号 座号 席位 席位号 机上座位 seat seatno seatnumber",
    "family": "家庭 家庭号 家庭编号 同行 同行组 同行人编号 订单号 订座编码 团号 旅行团 family familyno booking "
    "bookingref pnr group groupno party recordlocator",
    "accessible": "轮椅 无障碍 是否轮椅 是否需要轮椅 行动不便 wheelchair accessible needswheelchair",
    "temperature": "体温 体温℃ 落地体温 登机体温 temperature temp bodytemperature",
    "symptoms": "症状 不适 健康状况 身体状况 symptoms symptom health",
}

SYNONYMS[Kind.CASES] = fields_tracing.CASES
SYNONYMS[Kind.CONTACTS] = fields_tracing.CONTACTS

# What must be found in a sheet for it to be read: each group needs one of its fields.
REQUIRED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.ROSTER: (("name", "head"), ("address", "building", "room")),
    Kind.HELPERS: (("name",), ("phone", "id_number")),
    Kind.ORGANISATIONS: (("name",),),
    Kind.AREAS: (("code",), ("name",)),
    Kind.MANIFEST: (("name", "name_latin"), ("seat", "id_number")),
    Kind.CASES: (("name", "last_name"), ("state", "onset", "sample", "result", "tested")),
    Kind.CONTACTS: (("name", "last_name"), ("phone", "id_number", "last_day", "address")),
}
# Fields that may stand in several columns (联系电话1, 联系电话2).
REPEATABLE = frozenset({"phone"})

_PARENTHESIS = re.compile(r"[（(【\[][^()（）]*[)）】\]]")
_MARKS = re.compile(r"[\s*＊:：、,，.。/\\_\-#№!！?？“”\"'【】\[\]()（）]+")
_ENDING_DIGITS = re.compile(r"[\d一二三]+$")


def header_key(cell: Cell | None) -> str:
    """A column's title as it is compared and remembered: no marks, no spaces, small letters.

    Additions in parentheses go, unless nothing else is left.
    """
    if not isinstance(cell, str):
        return ""
    said = shown(cell).lower()
    return _MARKS.sub("", _PARENTHESIS.sub("", said)) or _MARKS.sub("", said)


KEYS: dict[Kind, dict[str, str]] = {
    kind: {word: field for field, words in fields.items() for word in words.split()}
    for kind, fields in SYNONYMS.items()
}
# Longest first, as 户主联系电话 holds 户主 too; words of one character hold in too many others.
_INSIDE: dict[Kind, list[tuple[str, str]]] = {
    kind: sorted(
        (
            (word, field)
            for word, field in words.items()
            if len(word) > (3 if word.isascii() else 1)
        ),
        key=lambda pair: -len(pair[0]),
    )
    for kind, words in KEYS.items()
}
# Numbers of a row or of a database: right where no better one stands beside them.
_COMMON = frozenset({"序号", "编号", "id", "uuid", "casesn"})
# Titles that hold a synonym and mean something else.
_NOT_OURS = re.compile(
    "是否|备注|时间$|单位电话|紧急|工作单位地址|户籍地|籍贯|人数|户数|房东|车牌|序号|年龄|民族|学历|户口性质|"
    "户籍地址|户口所在地|来源|签名|remark|note|emergency|count|"
    "middlename|facility|maiden|mother|officer|owner|email|region$|district$"
)
_OURS_ANYWAY = frozenset({"是否空置", "出生时间", "年龄", "是否轮椅", "是否需要轮椅"})


def recognise(kind: Kind, title: str) -> tuple[str, float]:
    """The field that a title (as a header key) names and how sure that is, 0 to 1."""
    if not title:
        return IGNORE, 0.0
    if field := KEYS[kind].get(title):
        return field, 0.8 if title in _COMMON else 0.95
    if _NOT_OURS.search(title) and title not in _OURS_ANYWAY:
        return IGNORE, 0.0
    if field := KEYS[kind].get(_ENDING_DIGITS.sub("", title)):
        return field, 0.9
    if len(title) > 16:
        return IGNORE, 0.0
    for word, field in _INSIDE[kind]:
        if word in title:
            return field, 0.5 + 0.3 * len(word) / len(title)
    return IGNORE, 0.0


def missing_fields(kind: Kind, found: set[str]) -> list[str]:
    """The groups of required fields of which none was found, as words for a person."""
    return [
        " / ".join(str(LABELS[field]) for field in group)
        for group in REQUIRED[kind]
        if not found & set(group)
    ]


def is_reason(title: str) -> bool:
    """Whether a header key is that of the column in which reasons were returned."""
    return title in ("原因reason", "原因", "reason", "导入失败原因", "失败原因")
