"""Sentences for refusals of reports: Vietnamese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "report.bad_period": (
        "Kỳ báo cáo phải kết thúc sau khi bắt đầu và dài nhất {most} ngày.",
        "A report's period ends after it begins, and has {most} days at most.",
    ),
}
