"""What in a scenario's rules did not fit the place: one sentence each, in both languages."""

from scenarios.cases import Title

SENTENCES = {
    "more_households": (
        "Grids may have {most} households; the source's rule is {rule}.",
        "网格上限设为{most}户；原文规定为{rule}户。",
    ),
    "larger_area": (
        "Grids may cover {most:g} km2; the source's rule is {rule:g} km2.",
        "网格面积上限设为{most:g}平方公里；原文规定为{rule:g}平方公里。",
    ),
    "divided": (
        "{some} of {all} buildings have more than {most} households and are divided by household.",
        "{all}栋楼中有{some}栋超过{most}户，按户拆分到不同网格。",
    ),
    "wide_building": (
        "{some} of {all} grids are a single building whose footprint alone exceeds {most:g} km2.",
        "{all}个网格中有{some}个只含一栋楼，仅其占地就超过{most:g}平方公里。",
    ),
    "small_groups": (
        "{some} of {all} party groups have fewer than {fewest} buildings: their communities' buildings "
        "cannot be divided as the rule says.",
        "{all}个片区党小组中有{some}个不足{fewest}栋楼：所在社区的楼栋无法按规则划分。",
    ),
    "no_leader": (
        "{some} of {all} party groups have no party member to lead them.",
        "{all}个片区党小组中有{some}个没有可任党小组长的党员。",
    ),
    "few_centres": (
        "{some} of {all} buildings have fewer party households than the centre households they should have "
        "(the rule asks for {asked}): {missing} are missing.",
        "{all}栋楼中有{some}栋的党员户少于应有的党员中心户（规则要求{asked}户）：共缺{missing}户。",
    ),
    "few_workers": (
        "{some} of {all} grids have fewer adults than the {asked} part-time workers they should have.",
        "{all}个网格中有{some}个的成年居民少于应配备的{asked}名兼职网格员。",
    ),
    "few_members": (
        "{some} of {all} files on the register have no paired member: there are {members} party members for "
        "pairs, with {most} files each at most.",
        "{all}份档案中有{some}份没有结对党员：可结对的党员共{members}名，每人最多{most}份。",
    ),
}


def misfit(kind: str, **amounts: float | str) -> Title:
    """The sentence for one kind of misfit; ``some`` of ``all`` that there are."""
    en, zh = (sentence.format(**amounts) for sentence in SENTENCES[kind])
    return Title(en=en, zh=zh)
