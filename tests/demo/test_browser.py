"""What the demo's clerks read of a page: where its forms lead and what they would send as they are."""

from postal_service.demo.browser import Page

PAGE = """
<a href="/items/1">one</a>
<form action="/elsewhere"><input name="csrf_token" value="t">
  <select name="unit"><option value="">-</option><option value="B" selected>B</option></select>
  <select name="none"><option value="C">C</option></select>
</form>
<form method="post"><input name="csrf_token" value="u"></form>
"""


def test_a_list_sends_what_is_chosen_in_it() -> None:
    assert Page(PAGE, "/here").forms["/elsewhere"] == {"csrf_token": "t", "unit": "B"}


def test_a_form_that_names_no_page_leads_to_its_own() -> None:
    assert Page(PAGE, "/here").forms["/here"] == {"csrf_token": "u"}
    assert Page(PAGE, "/here").links == ["/items/1"]
