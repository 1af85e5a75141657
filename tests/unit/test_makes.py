"""Profiles of makes: the packaged ones load, and a wrong one is refused with its place."""

from importlib import resources

import pytest

from devices.makes import UNKNOWN, form_of, load_makes, match, parse_make, parse_makes
from devices.words import EventKind, Scope
from evidence.errors import BadInput

MAKES = load_makes()
HEAD = 'id = "test"\ntitle = "T"\nsource = "S"\nrank = 1\ntrees = []\n'


def _with_form(**lines: str) -> str:
    form = {"id": '"one"', "name": "'A[0-9]{4}'", "examples": '["A0001"]'} | lines
    return HEAD + "[[form]]\n" + "".join(f"{k} = {v}\n" for k, v in form.items())


def test_the_packaged_makes_load_in_the_order_of_their_rank() -> None:
    assert [make.id for make in MAKES] == [
        "zfy",
        "axon",
        "gopro",
        "dashcam",
        "incar",
        "panasonic",
        "phone",
        "dcf",
        UNKNOWN,
    ]


def test_every_profile_in_the_package_is_loaded() -> None:
    files = [f.name for f in resources.files("devices").joinpath("makes").iterdir() if f.is_file()]
    assert sorted(files) == sorted(f"{make.id}.toml" for make in MAKES)


def test_a_form_is_found_by_make_and_id() -> None:
    form = form_of(MAKES, "zfy", form="stamp-sequence")
    assert form
    assert form.scope is Scope.RECORDER_DAY
    assert form_of(MAKES, "zfy", form="none") is None
    assert form_of(MAKES, "none", form="stamp") is None


def test_log_words_are_tried_from_the_longest() -> None:
    log = MAKES[0].log
    assert log
    lengths = [len(word) for word, _ in log.words]
    assert lengths == sorted(lengths, reverse=True)
    assert {kind for _, kind in log.words} == set(EventKind) - {EventKind.OTHER}


def test_a_good_profile_is_accepted() -> None:
    make = parse_make(_with_form(), "here.toml")
    assert match(make.forms[0], "", stem="a0001") == {}
    assert match(make.forms[0], "", stem="A00012") is None


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("id = ", "not TOML"),
        (HEAD.replace("rank = 1", 'rank = "1"'), "rank is not a whole number"),
        (HEAD.replace("rank = 1", "rank = true"), "rank is not a whole number"),
        (HEAD.replace('"T"', '" "'), "title is not a text"),
        (HEAD.replace('"test"', '"Test!"'), "id is not of the form"),
        (HEAD + "colour = 1", "unknown key 'colour'"),
        (HEAD + "form = 1", "form is not a list of tables"),
        (HEAD + "log = 1", "log is not a table"),
        (HEAD.replace("trees = []", "trees = [1]"), "trees is not a list of texts"),
        (_with_form(name="'A[0-9'"), "name is not a pattern"),
        (_with_form(name="'A[0-9]+'"), "repeats without bound"),
        (_with_form(name="'A.*'"), "repeats without bound"),
        (_with_form(name="'(?:A[0-9]{4}){1,9}'"), "repeats a group"),
        (_with_form(name="'A[0-9]{1,}'"), "a repeat that is not bounded"),
        (_with_form(name="'A[0-9]{1,999}'"), "a repeat that is not bounded"),
        (_with_form(name="'(?=A)A[0-9]{4}'"), "uses more than"),
        (_with_form(name="'(?P<colour>A)[0-9]{4}'"), "unknown group 'colour'"),
        (_with_form(examples='["B0001"]'), "the example 'B0001' does not follow"),
        (_with_form(examples="[]"), "there is no example"),
        (_with_form(scope='"WEEK"'), "scope is 'WEEK', not one of"),
        (_with_form(scope='"CARD"'), "a scope and a sequence go together"),
        (_with_form(name="'A(?P<sequence>[0-9]{4})'"), "a scope and a sequence go together"),
        (
            _with_form(name="'A(?P<sequence>[0-9]{4})'", scope='"RECORDER"'),
            "scope RECORDER needs a recorder",
        ),
        (
            _with_form(name="'A(?P<sequence>[0-9]{4})'", scope='"CARD"', last="1"),
            "first is not below last",
        ),
        (
            _with_form(name="'A(?P<day>[0-9]{4})'", folder="'(?P<day>B)'", examples='["B/A0001"]'),
            "a group in common",
        ),
        (_with_form() + _with_form()[len(HEAD) :], "two forms have the same id"),
        (HEAD + "[log]\nline = 'A'\nexamples = ['A']", "encoding 'none' is not known"),
        (
            HEAD + "[log]\nline = 'A'\nexamples = ['A']\nencodings = ['utf-8']\n"
            "[log.events]\nDANCE = ['a']",
            "DANCE is not a kind of event",
        ),
        (
            HEAD + "[log]\nline = 'A'\nexamples = ['A']\nencodings = ['utf-8']\n"
            "[log.events]\nPHOTO = ['a', 'A']",
            "the word 'A' is empty or stands twice",
        ),
    ],
)
def test_a_wrong_profile_is_refused_with_its_place(text: str, what: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_make(text, "here.toml")
    assert what in str(caught.value)
    assert str(caught.value).startswith("here.toml")
    assert str(caught.value.facts["place"]).startswith("here.toml")


def test_two_profiles_may_not_share_id_or_rank() -> None:
    unknown = HEAD.replace("test", UNKNOWN)
    with pytest.raises(BadInput, match="same id"):
        parse_makes({"a": unknown, "b": unknown})
    with pytest.raises(BadInput, match="same rank"):
        parse_makes({"a": unknown, "b": HEAD})
    with pytest.raises(BadInput, match="No profile has the id unknown"):
        parse_makes({"a": HEAD})
    assert len(parse_makes({"a": unknown, "b": HEAD.replace("rank = 1", "rank = 2")})) == 2
