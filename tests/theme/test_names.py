from theme.templatetags.names import breakable


def test_a_number_or_an_address_goes_on_after_its_signs_only():
    assert breakable("000020/D01.2/XI/2026") == "000020/<wbr>D01.<wbr>2/<wbr>XI/<wbr>2026"
    assert breakable("peserta@diklat.example") == "peserta@<wbr>diklat.<wbr>example"


def test_what_is_not_ours_is_escaped():
    assert breakable("<b>/") == "&lt;b&gt;/<wbr>"
