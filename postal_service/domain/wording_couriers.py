"""Sentences for refusals around what is known of a courier: Vietnamese, English."""

SENTENCES: dict[str, tuple[str, str]] = {
    "courier.unknown_vehicle": (
        "Không có phương tiện {vehicle}. Các giá trị được hiểu: {known}.",
        "There is no vehicle {vehicle}. Known are: {known}.",
    ),
    "courier.unknown_permit": (
        "Không có quyền {permit}. Các giá trị được hiểu: {known}.",
        "There is no permit {permit}. Known are: {known}.",
    ),
    "courier.bad_bag": (
        "Sức chứa túi {grams} g không hợp lệ; phải lớn hơn 0 và không quá {most} g.",
        "A bag of {grams} g cannot be; it must be more than 0 and at most {most} g.",
    ),
    "courier.bad_cash_limit": (
        "Hạn mức tiền mặt {dong} ₫ không hợp lệ; phải từ 0 đến {most} ₫.",
        "A cash limit of {dong} ₫ cannot be; it must be from 0 to {most} ₫.",
    ),
    "courier.too_many_areas": (
        "{count} địa bàn quen là quá nhiều; tối đa {most}. Bưu tá quen mọi nơi thì để trống.",
        "{count} known areas are too many; at most {most}. Leave it empty for who knows them all.",
    ),
    "courier.not_a_courier": (
        "{staff} không phải bưu tá của bưu cục nào bạn quản lý.",
        "{staff} is no courier of an office you manage.",
    ),
}
