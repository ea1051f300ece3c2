# cjk: the titles and words of registers
# ruff: noqa: E501  (lists of words)
"""Words with a fixed meaning in registers: sex, yes and no, relations, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lianfang.doors.imports.rows import Relation, Role, Sex

if TYPE_CHECKING:
    from collections.abc import Mapping


def _table(pairs: Mapping[object, str]) -> dict[str, object]:
    return {word: meaning for meaning, words in pairs.items() for word in words.split()}


SEX = _table(
    {
        Sex.MALE: "男 男性 男士 先生 m male man 1男",
        Sex.FEMALE: "女 女性 女士 小姐 f female woman 2女",
    }
)
YES_NO = _table(
    {
        True: "是 有 对 已 在 √ ✓ ✔ ☑ y yes true t 1 需要 需 属于 会 能",
        False: "否 无 不 没有 没 未 不是 × ✗ ✘ x n no false f 0 不需要 不需 不属于 - / 不会 不能",
    }
)
RELATION = _table(
    {
        Relation.HEAD: "户主 本人 房主 业主 戶主 head self owner householder 主",
        Relation.SPOUSE: "配偶 妻 夫 妻子 丈夫 爱人 老婆 老公 夫妻 spouse wife husband 户主配偶",
        Relation.CHILD: "子 女 儿子 女儿 长子 次子 三子 四子 长女 次女 三女 四女 独生子 独生女 "
        "子女 孩子 大儿子 小儿子 大女儿 小女儿 养子 养女 继子 继女 son daughter child 之子 之女 儿",
        Relation.PARENT: "父 母 父亲 母亲 父母 爸爸 妈妈 公公 婆婆 岳父 岳母 继父 继母 养父 养母 "
        "家公 家婆 parent father mother",
        Relation.GRANDCHILD: "孙子 孙女 孙 外孙 外孙女 外孙子 孙子女 grandchild grandson "
        "granddaughter 曾孙 曾孙女",
        Relation.GRANDPARENT: "祖父 祖母 爷爷 奶奶 外祖父 外祖母 外公 外婆 姥姥 姥爷 祖父母 "
        "grandparent grandfather grandmother",
        Relation.SIBLING: "兄 弟 姐 妹 哥哥 弟弟 姐姐 妹妹 兄弟 姐妹 兄弟姐妹 哥 大哥 大姐 "
        "brother sister sibling",
        Relation.CHILD_IN_LAW: "儿媳 儿媳妇 女婿 媳妇 媳 婿 son-in-law daughter-in-law",
        Relation.RELATIVE: "亲戚 亲属 其他亲属 侄子 侄女 外甥 外甥女 叔叔 伯父 伯母 姑姑 姑妈 舅舅 "
        "舅妈 姨妈 阿姨 表弟 表妹 表哥 表姐 堂弟 堂妹 堂哥 堂姐 嫂子 弟媳 姐夫 妹夫 relative 婶婶",
        Relation.TENANT: "租客 租户 承租人 租住 租房 租赁 房客 出租 tenant lodger renter",
        Relation.FLATMATE: "合租 合租人 室友 同住 同住人 同事 朋友 flatmate roommate friend",
        Relation.CARER: "保姆 护工 月嫂 家政 住家保姆 护理员 carer nanny maid helper",
        Relation.OTHER: "其他 其它 非亲属 other others 集体户",
    }
)
ROLE = _table(
    {
        Role.STAFF: "社区工作者 社区工作人员 工作人员 社工 社区干部 居委 居委会 居委会干部 书记 主任 "
        "副书记 副主任 委员 两委 社区两委 专职 专职社工 staff",
        Role.GRID_WORKER: "网格员 网格长 专职网格员 兼职网格员 网格 grid-worker gridworker grid",
        Role.BUILDING_LEAD: "楼栋长 楼长 楼组长 栋长 单元长 楼道长 组长 楼门长 building-lead lead",
        Role.PARTY_MEMBER: "党员 中共党员 党员志愿者 在职党员 下沉党员 报到党员 预备党员 双报到党员 "
        "正式党员 流动党员 退休党员 party-member member",
        Role.VOLUNTEER: "志愿者 义工 志愿服务者 热心居民 居民志愿者 居民 青年志愿者 volunteer 群众",
        Role.PROPERTY: "物业 物业人员 物业工作人员 保安 物业公司 管理处 物管 property guard",
        Role.POLICE: "民警 社区民警 片警 辅警 police",
        Role.DOCTOR: "医生 社区医生 家庭医生 护士 医护 医务人员 村医 社医 doctor nurse medic",
    }
)
