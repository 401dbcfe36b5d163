"""Whatever marshmallow says of a field has a code here, so that a phone need not read English."""

import pytest
from marshmallow import ValidationError, validate

from mobile_api import field_errors


@pytest.mark.parametrize(
    ("rule", "value", "code", "detail"),
    [
        (validate.Length(max=3), "abcd", "field.too_long", "Dài quá 3."),
        (validate.Length(min=3), "ab", "field.too_short", "Ngắn hơn 3."),
        (validate.Length(min=1, max=5), [], "field.wrong_length", "Độ dài phải từ 1 đến 5."),
        (validate.Range(min=1, max=9), 10, "field.out_of_range", "Phải từ 1 đến 9."),
        (validate.OneOf(["a", "b"]), "c", "field.no_choice", "Phải là một trong: a, b."),
        (validate.Regexp("a"), "b", "field.wrong_form", "Không đúng dạng quy định."),
        (validate.Equal(7), 8, "field.invalid", "Không hợp lệ."),
    ],
)
def test_a_broken_rule_has_its_code(
    rule: validate.Validator, value: object, code: str, detail: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        rule(value)
    messages = {"payments": {0: {"a/b~c": caught.value.messages}}}
    assert field_errors.told(messages, "vi") == [
        {"pointer": "/payments/0/a~1b~0c", "code": code, "detail": detail}
    ]
