# cjk: the titles of line lists and lists of contacts
# ruff: noqa: E501  (lists of words)
"""The fields of line lists (cases) and lists of contacts, and the titles that files give them.

Besides the lists of Chinese disease control: the column titles of exports of Go.Data (its English
labels, as "First Name", "Date of Onset", "Addresses [1] Address Line 1") and of SORMAS (captions
as "Case classification", "First name of contact person", and the names of the properties that a
detailed export puts above them, as `person.firstName`). Titles stand here as header keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from lianfang.doors.imports.problems import Words

LABELS: dict[str, Words] = {
    "number": _("number of the case"),
    "first_name": _("given name"),
    "last_name": _("family name"),
    "state": _("confirmed, suspected or ruled out"),
    "onset": _("onset of symptoms"),
    "sample": _("sample taken on"),
    "tested": _("result of the test"),
    "result": _("day of the result"),
    "cluster": _("cluster"),
    "infected_by": _("infected by (number)"),
    "community": _("community"),
    "degree": _("how near"),
    "is_contact": _("is a contact"),
    "source": _("contact of the case (number)"),
    "last_day": _("day of the last contact"),
}

_ID = (
    "身份证号 身份证号码 身份证 身份号码 证件号码 证件号 公民身份号码 居民身份证号码 身份证件号码 护照号 护照号码 "
    "身份证或护照号 idnumber idno idcard identitynumber idcardno passportno passportnumber nationalid "
    "nationalhealthid documentnumber documentsdocumentnumber documentsnumber personpassportnumber "
    "personnationalhealthid"
)
_PERSON = {
    "name": "姓名 名字 患者姓名 病人姓名 病例姓名 患者 name fullname patientname personname casename",
    "last_name": "姓 姓氏 lastname familyname surname personlastname",
    "first_name": "名 firstname givenname forename personfirstname",
    "phone": "电话 联系电话 手机 手机号 手机号码 联系方式 电话号码 移动电话 本人电话 患者电话 患者联系电话 phone mobile "
    "telephone tel phonenumber mobilephone contactnumber phoneno primaryphonenumber personphone "
    "addressesphonenumber addressphonenumber",
    "id_kind": "证件类型 证件种类 证件类别 身份证件类型 idtype documenttype documentsdocumenttype documentstype",
    "id_number": _ID,
    "address": "地址 住址 详细地址 家庭住址 现住址 居住地址 家庭地址 现居住地址 现住详细地址 常住地址 现居地址 具体地址 居住地 "
    "实际居住地址 现住地址 address homeaddress residence addressline1 addressesaddressline1 "
    "addressstreet street personaddressstreet",
}

CASES: dict[str, str] = {
    "number": "病例编号 病例号 病例序号 个案编号 编号 序号 病例id caseid visualid caseno casenumber casesn "
    "uuid id epidnumber",
    **_PERSON,
    "state": "病例分类 诊断分类 病例类型 病例状态 分类 诊断 诊断类型 诊断结果 状态 类型 确诊或疑似 classification "
    "caseclassification casestatus casedefinition status state finalclassification",
    "onset": "发病日期 发病时间 症状出现日期 出现症状日期 出现症状时间 起病日期 首发症状日期 onset dateofonset onsetdate "
    "dateofsymptomonset dateofonsetofsymptoms symptomonset symptomsonset symptomsonsetdate",
    "sample": "采样日期 采样时间 标本采集日期 采样 采集日期 sampledate dateofsample samplingdate "
    "datesampletaken labresultssampletaken labresultsdatesampletaken latestsampledatetime "
    "sampledatetime1 sampledatetime latestcollectiondate collectiondate",
    "tested": "检测结果 核酸结果 核酸检测结果 结果 化验结果 实验室结果 result testresult labresult labresultsresult "
    "latestsamplefinallaboratoryresult sampleresult1 pathogentestresult",
    "result": "结果日期 检测结果日期 阳性日期 确诊日期 确诊时间 诊断日期 诊断时间 出结果日期 resultdate dateofresult "
    "dateoftheresult labresultsdateofresult labresultsdateoftheresult dateconfirmed confirmationdate",
    "area": "社区 所属社区 居住社区 管辖社区 现住社区 所在社区 网格 所属网格 管理单位 责任社区 grid community "
    "responsiblecommunity addresscommunity addresseslocation",
    "cluster": "聚集性疫情 聚集疫情 疫情名称 所属疫情 关联疫情 聚集 聚集性 cluster clustername",
    "infected_by": "感染来源 传染来源 感染来源病例 上一代病例 上代病例 传染源 传染源编号 感染者编号 指示病例 infectedby "
    "sourcecase sourcecaseid sourcecaseuuid infector infectedbycase parentcase",
}
CONTACTS: dict[str, str] = {
    **_PERSON,
    "name": "姓名 名字 密接姓名 密接者姓名 密切接触者姓名 密切接触者 接触者姓名 接触者 name fullname contactname "
    "contactperson personname",
    "last_name": _PERSON["last_name"] + " lastnameofcontactperson",
    "first_name": _PERSON["first_name"] + " firstnameofcontactperson",
    "community": "社区 所属社区 居住社区 管辖社区 现住社区 所在社区 属地社区 社区村 社区名称 community "
    "responsiblecommunity addresscommunity addresseslocation",
    "degree": "密接程度 接触程度 接触类型 接触者类型 密接类型 接触者分类 接触级别 接触方式 类型 级别 分类 degree contacttype "
    "typeofcontact contactproximity contactcategory",
    "source": "病例编号 所属病例 关联病例 对应病例 病例 接触的病例 所接触病例 指示病例 sourcecase sourcecaseid sourcecaseuuid "
    "caseid relatedcase indexcase",
    "is_contact": "contactclassification 是否密接 是否为密接",
    "last_day": "最后接触日期 末次接触日期 最后接触时间 末次接触时间 最后一次接触日期 最后一次接触时间 末次暴露日期 接触日期 "
    "lastcontact dateoflastcontact lastcontactdate contactdate relationshipdateoflastcontact "
    "relationshipcontactdate",
}
