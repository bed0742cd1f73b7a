"""Equal text in another encoding habit is equal: laws, each with Python's own Unicode or plain tables as oracle."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from typing import Literal

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st

from storyclust import Story, compare_stories, load_newsroom
from storyclust.newsroom.strategies import IGNORABLE, texts
from storyclust.text.characters import CHANGING, NEWER, decomposed
from storyclust.text.words import analyse
from storyclust.text.words_kernels import MOST_WORDS
from strategies import SPACELESS, stands_for, twin_word_hash, twin_words

EVERYTHING = [chr(number) for number in range(0x30000) if not 0xD800 <= number < 0xE000]
CHANGING_CHARACTERS = regex.findall(CHANGING, "".join(EVERYTHING), regex.VERSION1)
MARKS = regex.findall(r"\p{M}", "".join(EVERYTHING))
FORMS: tuple[Literal["NFC", "NFD", "NFKC", "NFKD"], ...] = ("NFC", "NFD", "NFKC", "NFKD")


def hashes(text: str) -> list[int]:
    return analyse([text]).hashes.tolist()


def known(text: str) -> str:
    """A text without what other versions of Python may take apart otherwise, and without iota subscripts out of order.

    U+0345 is a mark that folds to a letter: before another mark, it would have the mark in one form and not in another.
    """
    return regex.sub(r"\u0345(?=\p{M})", "", regex.sub(NEWER, "", text))


# Any text

peculiar = st.lists(
    st.one_of(
        st.sampled_from(CHANGING_CHARACTERS),
        st.sampled_from(MARKS),
        st.sampled_from("aeiouıİжеиאبكيहकกา가각か\u0307\u0308\u0345 '-\n"),
        texts(3),
    ),
    max_size=12,
).map("".join)
any_text = st.one_of(peculiar, texts()).map(known)


@given(any_text, st.sampled_from(FORMS))
@example("e\u0301 ½ ㎏ ﷺ ㌖ ﬁ ´l ｶﾞ ำ 각 İ ΐ ﻻ ﹱ ẛ̣ ŀ ㈱ ⑩ ﱞ", "NFKD")
def test_every_normal_form_of_a_text_has_the_same_words(text: str, form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    assert hashes(unicodedata.normalize(form, text)) == hashes(text)


@given(any_text)
def test_words_are_those_of_the_twin_in_any_text(text: str) -> None:
    analysed, twins = analyse([text]), twin_words(text)
    assert analysed.hashes.tolist() == [twin_word_hash(twin.folded) for twin in twins]
    assert list(zip(analysed.starts, analysed.stops, strict=True)) == [(twin.start, twin.stop) for twin in twins]


@pytest.mark.parametrize("recased", [str.upper, str.lower, str.title, str.swapcase, str.casefold])
@given(text=any_text)
@example("Σίσυφος ΣΊΣΥΦΟΣ straße ẞ ŉ ǰ և ΐ ᾳ ﬃ ǅ ı İ ſ")
def test_the_case_of_a_text_changes_no_word(recased: Callable[[str], str], text: str) -> None:
    assert hashes(recased(text)) == hashes(text)


def test_the_case_of_no_character_changes_a_word() -> None:
    for recased in (str.upper, str.lower, str.title):
        one, other = analyse([f"x{c}y" for c in EVERYTHING]), analyse([f"x{recased(c)}y" for c in EVERYTHING])
        assert (one.first_word == other.first_word).all()
        assert (one.hashes == other.hashes).all()


@given(any_text, st.sampled_from(IGNORABLE), st.data())
def test_soft_hyphens_joiners_and_tatweel_anywhere_change_no_word(
    text: str, character: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(text)))
    assert hashes(text[:place] + character + text[place:]) == hashes(text)


@given(st.lists(st.tuples(st.sampled_from("aeioyžсеиابकกか"), st.lists(st.sampled_from(MARKS), max_size=4))), st.data())
def test_marks_may_stand_in_any_order(letters: list[tuple[str, list[str]]], data: st.DataObject) -> None:
    # U+0345 is a mark that folds to a letter.
    given_so = [(letter, [mark for mark in marks if mark != "\u0345"]) for letter, marks in letters]
    shuffled = "".join(letter + "".join(data.draw(st.permutations(marks))) for letter, marks in given_so)
    assert hashes(shuffled) == hashes("".join(letter + "".join(marks) for letter, marks in given_so))


def test_characters_are_equal_if_unicode_and_habit_say_so_and_only_then() -> None:
    # Every letter, mark and digit, and all that has a decomposition: equal hashes for equal twins, others for others.
    letters = r"[\p{L}\p{M}\p{N}--[\u3401-\u4DFF\u4E01-\u9FFE\U00017000-\U00018CFF]]"
    characters = sorted({*regex.findall(letters, "".join(EVERYTHING[:0x1F000]), regex.VERSION1), *CHANGING_CHARACTERS})
    analysed = analyse([f"x{character}" for character in characters])
    by_hash, by_twin = defaultdict(set), defaultdict(set)
    for number, character in enumerate(characters):
        found = analysed.hashes[analysed.first_word[number] : analysed.first_word[number + 1]]
        by_hash[tuple(found.tolist())].add(character)
        by_twin[tuple(twin.folded for twin in twin_words(f"x{character}"))].add(character)
    assert sorted(map(sorted, by_hash.values())) == sorted(map(sorted, by_twin.values()))


def test_every_python_takes_characters_apart_alike() -> None:
    # If this fails on a newer Python, it knows characters that `NEWER` should name.
    apart = "".join(map("{}{}".format, CHANGING_CHARACTERS, decomposed(CHANGING_CHARACTERS)))
    assert hashlib.sha256(apart.encode()).hexdigest()[:16] == "4a98ca34105b52bb"


def test_no_character_stands_for_more_words_than_there_is_room_for() -> None:
    first_word = analyse(CHANGING_CHARACTERS).first_word
    assert (first_word[1:] - first_word[:-1]).max() == MOST_WORDS


@pytest.mark.parametrize("text", ["㌖", "a㍿", "ﷺ ", "㏂"])
def test_texts_of_characters_that_stand_for_several_words(text: str) -> None:
    alone = hashes(f"{text} ")
    assert hashes(f"{text} " * 5_000) == alone * 5_000
    assert analyse([f"{text} ", "", f"{text} "]).hashes.tolist() == alone * 2


# Habits of languages


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Turkish: four letters i
        ("ISPARTA IŞIK", "ısparta ışık"),
        ("İZMİR DİYARBAKIR", "izmir diyarbakır"),
        ("i\u0307stanbul", "İstanbul"),
        # Greek: final sigma, capitals without accents
        ("ΣΊΣΥΦΟΣ", "Σίσυφος"),
        ("ΑΘΗΝΑ ΠΡΟΫΠΟΛΟΓΙΣΜΟΣ", "Αθήνα προϋπολογισμός"),
        ("ἄνθρωπος", "άνθρωπος"),
        # German
        ("STRASSE STRAẞE", "Straße straße"),
        # Romanian has commas or cedillas
        ("știri noaptea ţărm", "ştiri noaptea țărm"),
        # Russian, Ukrainian
        ("ёлка СЧЁТ", "елка счет"),
        ("пʼять сімʼя", "п'ять сім’я"),
        # Arabic: tatweel, harakat, hamza, alef, ya, teh marbuta, presentation forms, Persian letters
        ("أُعْلِنَ عَنْ", "اعلن عن"),
        ("الأخبـــــار", "الاخبار"),
        ("إلى آخر ٱلساعة", "الى اخر الساعه"),
        ("مسؤول شؤون هيئة", "مسوول شوون هييه"),
        ("مبنى", "مبني"),
        ("ﺍﻟﻤﻴﻨﺎﺀ ﻻ", "الميناء لا"),
        ("هٰذا", "هذا"),
        ("یک کشتی", "يك كشتي"),
        ("می\u200cرود", "میرود"),
        ("خانۀ", "خانه"),
        # Hebrew: points, presentation forms
        ("שָׁלוֹם", "שלום"),
        ("שׁלום", "שלום"),
        # Full-width and half-width
        ("Ｆｅｒｒｙ　２１２", "ferry 212"),
        ("ﾌｪﾘｰ ｶﾞｲﾄﾞ ﾊﾟﾘ", "フェリー ガイド パリ"),
        # Units and firms as one character
        ("3㌔ 20㎏ ㈱", "3キロ 20kg (株)"),
        ("㍿", "株式会社"),
        # Hangul: syllables and jamo, half-width
        ("항구", "\u1112\u1161\u11bc\u1100\u116e"),
        ("ﾡ", "ㄱ"),
        # Thai and Lao: am as one character or two
        ("นํ้า", "น้ำ"),
        # Ligatures
        ("ﬁre oﬃcer ﬂood ﬆ", "fire officer flood st"),
        ("ĳs Ǉ", "ijs lj"),
        ("և", "եւ"),
        # Kangxi radicals and compatibility ideographs, as PDF files have them
        ("⼈⼝ 豈", "人口 豈"),
        # Mathematical letters, superscripts, fractions
        ("𝐁𝐫𝐞𝐚𝐤𝐢𝐧𝐠 𝟐𝟎", "breaking 20"),
        ("20 km²", "20 km2"),
        ("2½", "21⁄2"),
        # Digits of any script
        ("٤٢ ۴۲ ४२ ๔๒ ４２", "42 42 42 42 42"),
    ],
)
def test_what_is_one_word_in_two_habits(one: str, other: str) -> None:
    assert hashes(one) == hashes(other)


@pytest.mark.parametrize(
    "words",
    [
        "resume résumé",
        "ano año",
        "schon schön",
        "ze że",
        "o ö ø ő",
        "и й і ї",
        "г ґ ѓ",
        "кот кит",
        "lac laç",
        "sat ṣat șat",
        "على علم",
        "كتب كتاب",
        "ہے ہی",
        "כלב כתב",
        "か が",
        "は ば ぱ",
        "가 각 갂 나",
        "कि की क क्",
        "ม ม้ ม่ า",
        "a ạ ả ã à á â ấ ầ ẩ ẫ ậ ă",
        "i í ï",
        "1 2 ١٢",
    ],
)
def test_different_words_stay_different(words: str) -> None:
    assert len(set(hashes(words))) == len(words.split())


@given(st.text(st.sampled_from("ابتثدسكلمنهويءأإآؤئةى"), min_size=1), st.data())
def test_arabic_with_and_without_points_and_hamza(word: str, data: st.DataObject) -> None:
    bare = word.translate(str.maketrans("أإآؤئةى", "اااوي\u0647ي"))
    pointed = "".join(letter + data.draw(st.text(st.sampled_from("ًٌٍَُِّْٰـٕٔ"), max_size=3)) for letter in word)
    assert hashes(bare) == hashes(word) == hashes(pointed)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
def test_full_width_forms_are_those_of_ascii(text: str) -> None:
    assert hashes("".join(chr(ord(character) + 0xFEE0) for character in text)) == hashes(text)


@given(st.text(st.characters(categories=["Nd"], max_codepoint=0x1FFFF), min_size=1))
def test_digits_of_any_script_are_digits(digits: str) -> None:
    plain = "".join(str(unicodedata.decimal(digit)) for digit in digits)
    assert hashes(digits) == hashes(plain)
    assert analyse([digits]).figures.tolist() == analyse([plain]).figures.tolist()


def test_a_mark_hangs_on_what_stands_before_it_and_is_no_word() -> None:
    for text in ("กา ่", "か ゙", "\u0301", "- \u0301"):
        assert [text[word.start : word.stop] for word in twin_words(text)] == [
            text[start:stop] for start, stop in zip(analyse([text]).starts, analyse([text]).stops, strict=True)
        ]
    thai = analyse(["ที่นี่"])
    assert list(zip(thai.starts.tolist(), thai.stops.tolist(), strict=True)) == [(0, 3), (3, 6)]
    assert len(regex.findall(SPACELESS, "ที่นี่")) == 6
    assert stands_for("ガ") == "カ\u3099"


# Whole stories

TURKISH = (
    "Ilıca Limanı'nda sabah sisinde karaya oturan vapurdaki yüz on iki yolcu, üç balıkçı teknesiyle kıyıya taşındı. "
    "Kaptan, dümenin kilitlendiğini ve ışıkların söndüğünü söyledi; liman müdürü ise geminin iki gün içinde İncirli "
    "tersanesine çekileceğini, iskelenin o zamana kadar kapalı kalacağını bildirdi."
)
KOREAN = (
    "안개가 짙게 낀 새벽에 여객선 한 척이 솔섬 앞 모래톱에 걸려 승객 백열두 명이 어선 세 척으로 뭍에 올랐다. "
    "선장은 키가 움직이지 않고 등이 모두 꺼졌다고 말했으며 항만 관리소는 배를 이틀 안에 조선소로 끌고 갈 때까지 "
    "부두를 닫아 두겠다고 밝혔다. 다친 사람은 없었고 짐은 오후에 모두 주인에게 돌아갔다."
)
THAI = (
    "เรือข้ามฟากเกยตื้นหน้าเกาะสนเมื่อเช้ามืดวันจันทร์ ผู้โดยสารทั้งหมดขึ้นฝั่งด้วยเรือประมงสามลำ กัปตันกล่าวว่าหางเสือค้างและไฟดับทั้งลำ "
    "นายท่าเรือแจ้งว่าจะลากเรือไปยังอู่ภายในสองวัน และปิดท่าน้ำไว้จนกว่าจะซ่อมเสร็จ"
)
VIETNAMESE = (
    "Chiếc phà chở một trăm mười hai hành khách mắc cạn trước đảo Thông lúc rạng sáng thứ hai, và ba thuyền đánh cá đã "
    "đưa tất cả vào bờ. Thuyền trưởng nói bánh lái bị kẹt và đèn tắt hết; người quản lý cảng cho biết tàu sẽ được kéo "
    "về xưởng trong hai ngày, còn bến vẫn đóng cửa cho đến khi sửa xong."
)
GERMAN = (
    "Die Fähre Möwe lief im Nebel vor der Großen Düne auf Grund, und drei Kutter brachten alle hundertzwölf Gäste an "
    "Land. Der Kapitän erklärte, das Ruder habe blockiert und die Lichter seien erloschen; das Schiff müsse bis "
    "Dienstag in die Werft an der Weißen Straße geschleppt werden, so lange bleibe die Brücke gesperrt."
)
HEBREW = (
    "המעבורת עלתה על שרטון מול אי האורנים עם שחר, ושלוש סירות דיג העבירו את כל הנוסעים אל החוף. רב החובל סיפר כי ההגה "
    "נתקע וכל האורות כבו, ומנהל הנמל הודיע כי הספינה תיגרר אל המספנה בתוך יומיים וכי הרציף יישאר סגור עד אז."
)
INVENTED_STORIES = {
    "turkish": TURKISH,
    "korean": KOREAN,
    "thai": THAI,
    "vietnamese": VIETNAMESE,
    "german": GERMAN,
    "hebrew": HEBREW,
}


def turkish_capitals(text: str) -> str:
    return text.replace("i", "İ").replace("ı", "I").upper()


def greek_capitals(text: str) -> str:
    """Capitals, and no accents on them, as they are printed."""
    return unicodedata.normalize("NFC", regex.sub(r"[\u0301\u0308]", "", unicodedata.normalize("NFD", text))).upper()


def pointed(text: str) -> str:
    return regex.sub(r"(?<=[בגדכמנ])", "\u05b7\u05bc", text)


def broken(text: str) -> str:
    """With soft hyphens within words."""
    return regex.sub(r"(?<=\p{L}{3})(?=\p{L}{3})", "\u00ad", text)


def of_language(language: str) -> str:
    """The longest story of the newsroom in a language."""
    newsroom = load_newsroom()
    own = [story for story in newsroom.stories if newsroom.truth[story.id].language == language]
    return max((story.text for story in own), key=len)


def arabic_otherwise(text: str) -> str:
    return text.translate(str.maketrans("أإآىةيك", "ااايهیک")).replace("ال", "الـــ")


HABITS: dict[str, Callable[[str], str]] = {
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFKC": lambda text: unicodedata.normalize("NFKC", text),
    "NFKD": lambda text: unicodedata.normalize("NFKD", text),
    "soft hyphens": broken,
    "Turkish capitals": turkish_capitals,
    "German capitals": str.upper,
    "Hebrew points": pointed,
    "Arabic otherwise": arabic_otherwise,
    "Greek capitals": greek_capitals,
}
TWINS = [
    *((name, habit) for name in INVENTED_STORIES for habit in ("NFC", "NFD", "NFKC", "NFKD", "soft hyphens")),
    *((language, habit) for language in ("ar", "el", "fr", "hi", "ja", "ru", "zh", "es") for habit in ("NFD", "NFKD")),
    ("turkish", "Turkish capitals"),
    ("german", "German capitals"),
    ("hebrew", "Hebrew points"),
    ("ar", "Arabic otherwise"),
    ("el", "Greek capitals"),
]


@pytest.mark.parametrize(("name", "habit"), TWINS)
def test_a_story_in_another_habit_is_a_whole_copy(name: str, habit: str) -> None:
    text = INVENTED_STORIES.get(name) or of_language(name)
    other = HABITS[habit](text)
    assert habit in ("NFC", "NFKC", "NFD", "NFKD", "soft hyphens") or other != text
    link = compare_stories(Story("a", text), Story("b", other))
    assert (link.relation, link.share) == ("copy", 1.0)
    for passage in link.passages:
        one, its_twin = text[passage.a_start : passage.a_stop], other[passage.b_start : passage.b_stop]
        assert [word.folded for word in twin_words(one)] == [word.folded for word in twin_words(its_twin)]
        # Marks are not cut off.
        assert not regex.match(r"\p{M}", text[passage.a_stop :] + "x")
        assert not regex.match(r"\p{M}", other[passage.b_stop :] + "x")
