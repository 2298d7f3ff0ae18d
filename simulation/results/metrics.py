"""The metrics of a run: one registry of their names, units and meanings in both languages."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """One number that sums up a run."""

    name: str
    """Name in ``summary.json`` and ``runs.parquet``."""
    unit: str
    """Unit: share, h, cases, points, refusals, opened again per closed ..."""
    better: Literal["higher", "lower"] | None
    """Which direction residents would want; None where neither is."""
    en: str
    """Label in English."""
    zh: str
    """Label in Simplified Chinese."""


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("notice.reach_72h", "share", "higher", "Informed within 72 h", "72小时知晓率"),
        Metric(
            "notice.reach_72h_vulnerable",
            "share",
            "higher",
            "Informed within 72 h, vulnerable residents",
            "72小时知晓率（困难群体）",
        ),
        Metric("notice.t50_h", "h", "lower", "Hours until half know", "半数知晓所需小时"),
        Metric("notice.t90_h", "h", "lower", "Hours until 90 % know", "九成知晓所需小时"),
        Metric(
            "notice.reached_90", "share", "higher", "Notices that ever reach 90 %", "曾达九成知晓的通知占比"
        ),
        Metric("case.count", "cases", None, "Troubles that arose", "发生的问题数"),
        Metric("case.found_share", "share", "higher", "Share of troubles found", "问题发现率"),
        Metric("case.found_h_median", "h", "lower", "Hours until half are found", "半数问题被发现所需小时"),
        Metric(
            "case.dispatched_within_1h", "share", "higher", "Dispatched within one hour", "一小时内派单率"
        ),
        Metric(
            "case.close_h_median", "h", "lower", "Median hours from upload to solution", "解决所需小时（中位数）"
        ),
        Metric(
            "case.close_h_p90", "h", "lower", "90 % solved within hours of upload", "解决所需小时（九成分位）"
        ),
        Metric("case.on_time", "share", "higher", "Solved within the deadline", "真实按期解决率"),
        Metric(
            "case.on_time_reported", "share", None, "Reported closed within the deadline", "上报按期办结率"
        ),
        Metric("case.reopen_rate", "share", None, "Closed cases opened again", "重新打开率"),
        Metric("case.feedback_rate", "share", "higher", "Closed cases reported back", "反馈率"),
        Metric("case.bounces_mean", "refusals", "lower", "Refusals per dispatched case", "每件推诿次数"),
        Metric("case.orphan_h_mean", "h", "lower", "Hours without an owner per case", "每件无人负责小时"),
        Metric("case.backlog_end", "cases", "lower", "Open cases at the end", "期末未解决事件"),
        Metric("satisfaction.mean", "points", "higher", "Satisfaction, mean", "平均满意度"),
        Metric("satisfaction.p10", "points", "higher", "Satisfaction, worst-off tenth", "满意度（最低一成）"),
        Metric(
            "satisfaction.vulnerable_gap",
            "points",
            "lower",
            "Satisfaction, all minus vulnerable",
            "满意度差距（全体减困难群体）",
        ),
        Metric("ledger.visits_kept", "share", "higher", "Weekly visits held", "每周走访完成率"),
        Metric("ledger.unmet_need_days", "days", "lower", "Days a need waits, mean", "需求等待天数（平均）"),
        Metric(
            "platform.staleness_h",
            "h",
            "lower",
            "Hours since a case's status was last known, when looked at",
            "查看时距上次了解情况的小时",
        ),
        Metric(
            "platform.lost_h_mean",
            "h",
            "lower",
            "Hours with no owner or two, per case concerned",
            "无人负责或重复负责小时（每件所涉事件）",
        ),
        Metric("resource.match_rate", "share", "higher", "Wants met", "需求满足率"),
        Metric(
            "resource.match_rate_vulnerable",
            "share",
            "higher",
            "Wants met, vulnerable residents",
            "需求满足率（困难群体）",
        ),
        Metric(
            "resource.wait_d_mean",
            "days",
            "lower",
            "Days until a want is met, mean",
            "需求满足等待天数（平均）",
        ),
        Metric(
            "resource.active_providers",
            "providers",
            "higher",
            "Active in a quarter and community",
            "每季度每社区活跃提供者",
        ),
        Metric("resource.bundles_completed", "groups", "higher", "After-school care begun", "课后托管开班"),
        Metric("resource.coverage", "share", "higher", "Wants that are on the list", "需求清单覆盖率"),
        Metric("resource.misfit", "1", "lower", "What matches fall short of perfect", "匹配偏差"),
        Metric("appraisal.score_mean", "share", None, "Appraisal score, mean", "平均考核得分"),
        Metric(
            "appraisal.gamed_share",
            "share",
            "lower",
            "Closings on paper, unsolved on purpose",
            "虚假办结占比",
        ),
        Metric(
            "council.projects_completed", "projects", "higher", "Council projects completed", "议事会完成项目"
        ),
        Metric(
            "council.lead_d_median",
            "days",
            "lower",
            "From topic to completed project, median",
            "议题到项目完成所需天数（中位数）",
        ),
        Metric("council.topics_waiting", "topics", "lower", "Topics not decided on", "尚未议决的议题数"),
        Metric("incentives.honours", "honours", None, "Honours given", "表彰次数"),
        Metric(
            "incentives.willing",
            "share",
            "higher",
            "Willingness to give, mean at the end",
            "期末奉献意愿（平均）",
        ),
        Metric("effort.hours", "h", None, "Hours of staff and volunteers", "工作人员与志愿者工时"),
        Metric("effort.hours_per_household", "h", None, "Hours per household", "户均工时"),
        Metric(
            "effort.overload_share", "share", "lower", "Role-days that ran out of time", "工时耗尽的人日占比"
        ),
        Metric("waste.hours", "h", None, "Duplicated and orphan-handling hours", "重复与协调浪费工时"),
    )
}
