"""What the lines of a page are: captions, credits, embedded posts, site clutter, or the story itself.

In: the words and lines of texts, and the phrases of `rules` that give a line away. Out: the kind of every word.

1. A dateline that names an agency, and a credit behind the last sentence, are told by the signs around them.
2. A line with a phrase that stands where its rule says, and is not too long for it, is of the rule's kind.
3. A line that ends in a handle and a date signs a post: the line before it, or what stands in front on the same line.
4. A line of code, and one of a dash and a name, are told by their signs.
5. Short lines without a full stop, several in a row, are a menu or a list of headlines, if the page has more than
   such lines. Lines broken at a fixed width are short too, but most go on with a small letter.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.text.datelines_kernels import (
    CREDIT_WORDS,
    DATELINE_WORDS,
    READ_WORDS,
    credit_start,
    dateline_stop,
    reported_stop,
)
from storyclust.text.gaps_kernels import (
    CAPITAL,
    CLOSING,
    COLON,
    DASH,
    GAPS,
    LONG,
    LONG_DASH,
    is_among,
    line_begin,
    read_gaps,
)
from storyclust.text.quotations_kernels import AT_SIGN
from storyclust.text.residue_kernels import CODE_ENDS, CODE_STARTS, is_code
from storyclust.text.words_kernels import AFTER_SPACE, CLUTTER, CREDIT, POSTED, TOLD

# Where a phrase must stand in its line, and the columns of a rule.
ANYWHERE, START, TAIL, WHOLE, DATELINE, DATED, DIALOGUE = range(7)
RULE_KIND, RULE_PLACE, RULE_MOST, RULE_UNENDED, RULE_FIRST, RULE_LAST, RULE_NEXT, RULE_COLUMNS = range(8)

TAIL_WORDS = 10
SHORT_LINE, SHORT_LINES = 9, 3
DATE_WORDS, LONGEST_POST, NAME_WORDS = 6, 80, 6
SIGNATURE_WORDS = 5
HYPHEN = ord("-")

# Characters that end a sentence, and those that end what is no headline either.
SENTENCE_ENDS = np.array([ord(mark) for mark in ".!?…。！？؟۔।\"”»’'」』"], np.int64)
LINE_ENDS = np.array([ord(mark) for mark in ".!?…。！？؟۔।\"”»’'」』)）;"], np.int64)


@kernel
def stands(rule: Numbers, place: int, start: int, stop: int) -> bool:
    """Whether a phrase that begins at a place of a line stands where its rule wants it."""
    where = rule[RULE_PLACE]
    if where == TAIL:
        return stop - place <= TAIL_WORDS
    if where == WHOLE:
        return place == start and stop - start == rule[RULE_LAST] - rule[RULE_FIRST]
    if where == DATELINE:
        return place - start < DATELINE_WORDS or stop - place <= CREDIT_WORDS
    # What a line begins with announces the rest of it: "By" alone is a word.
    return where == ANYWHERE or (
        where == START and place == start and stop - start > rule[RULE_LAST] - rule[RULE_FIRST]
    )


@kernel
def is_phrase(hashes: Hashes, place: int, stop: int, rule: Numbers, phrase_words: Hashes) -> bool:
    """Whether the words at a place of a line are the phrase of a rule."""
    first, length = rule[RULE_FIRST], rule[RULE_LAST] - rule[RULE_FIRST]
    fits = length <= stop - place
    for step in range(length if fits else 0):
        fits = fits and hashes[place + step] == phrase_words[first + step]
    return bool(fits)


@kernel
def phrase_at(
    hashes: Hashes, place: int, stop: int, where: int, rules: Numbers, slots: Numbers, phrase_words: Hashes
) -> int:
    """The first rule for such a place whose phrase stands here; -1 if there is none."""
    number = slots[hashes[place] & np.uint64(len(slots) - 1)]
    while number >= 0:
        rule = rules[number]
        if rule[RULE_PLACE] == where and is_phrase(hashes, place, stop, rule, phrase_words):
            return int(number)
        number = rule[RULE_NEXT]
    return -1


@kernel
def kind_of_line(
    hashes: Hashes, start: int, stop: int, ended: bool, rules: Numbers, slots: Numbers, phrase_words: Hashes
) -> tuple[int, bool]:
    """The kind that the first phrase to be met gives a line; TOLD if there is none, or one that says so.

    And whether an agency is named where a dateline or a credit would name it.
    """
    mask = np.uint64(len(slots) - 1)
    found, named = TOLD, False
    for place in range(start, stop):
        number = slots[hashes[place] & mask]
        while number >= 0:
            # Most phrases differ in their first word already.
            first, after = rules[number, RULE_FIRST], rules[number, RULE_LAST]
            fits = hashes[place] == phrase_words[first] and after - first <= stop - place
            for step in range(1, after - first if fits else 0):
                fits = fits and hashes[place + step] == phrase_words[first + step]
            if fits and stands(rules[number], place, start, stop):
                if rules[number, RULE_PLACE] == DATELINE:
                    named = True
                elif stop - start <= rules[number, RULE_MOST] and not (ended and rules[number, RULE_UNENDED]):
                    if rules[number, RULE_KIND] == TOLD:
                        return TOLD, False
                    found = found if found != TOLD else int(rules[number, RULE_KIND])
            number = rules[number, RULE_NEXT]
    return found, named


@kernel
def flag_dateline(
    hashes: Hashes,
    numerals: Flags,
    start: int,
    stop: int,
    words: int,
    gaps: Integers,
    rules: Numbers,
    slots: Numbers,
    phrase_words: Hashes,
    kinds: Bytes,
) -> None:
    """Flag the dateline that the line from start to stop begins with; words: how many of it have their gaps read."""
    agency = False
    for place in range(start, min(start + DATELINE_WORDS, stop)):
        number = phrase_at(hashes, place, stop, DATELINE, rules, slots, phrase_words)
        if number >= 0:
            agency = agency or place == start
            after = place + rules[number, RULE_LAST] - rules[number, RULE_FIRST]
            end = dateline_stop(gaps, numerals, start, words, place - start, after - start)
            if 0 < end <= rules[number, RULE_MOST]:
                kinds[start : start + end] = rules[number, RULE_KIND]
                return
        number = phrase_at(hashes, place, stop, DATED, rules, slots, phrase_words) if agency else -1
        if number >= 0:
            after = place + rules[number, RULE_LAST] - rules[number, RULE_FIRST] - start
            kinds[start : start + reported_stop(gaps, after, words)] = rules[number, RULE_KIND]
            return


@kernel
def flag_credit(
    hashes: Hashes,
    start: int,
    stop: int,
    last: int,
    gaps: Integers,
    rules: Numbers,
    slots: Numbers,
    phrase_words: Hashes,
    kinds: Bytes,
) -> None:
    """Flag the credit that the line from start to stop ends with, if it names an agency; last: its last character."""
    for place in range(max(stop - CREDIT_WORDS, start), stop):
        number = phrase_at(hashes, place, stop, DATELINE, rules, slots, phrase_words)
        if number >= 0:
            after = place + rules[number, RULE_LAST] - rules[number, RULE_FIRST]
            bracketed = is_among(last, CLOSING)
            credit = credit_start(gaps, stop - start, place - start, after - start, bracketed)
            if credit >= 0:
                kinds[start + credit : stop] = rules[number, RULE_KIND]


@kernel
def is_signature(gaps: Integers, words: int, last: int) -> bool:
    """Whether a short line is a dash and a name or an agency, which signs what stands before it."""
    if words > SIGNATURE_WORDS or not gaps[0] & LONG_DASH or is_among(last, LINE_ENDS) or gaps[words] & DASH:
        return False
    named = True
    for word in range(words):
        named = named and (gaps[word] & CAPITAL) != 0 and (word == 0 or not gaps[word] & (DASH | COLON))
    return named


@kernel
def flag_posts(
    marks: Numbers, first: int, last: int, numerals: Flags, before: int, start: int, stop: int, kinds: Bytes
) -> int:
    """Flag the line from start to stop if it signs a post, and the line before if that is the post.

    first and last: the marks of the text that are still to come. Returns the first mark after the line.
    """
    while first < last and marks[first, 0] < stop:
        word, kind, lean = marks[first, 0], marks[first, 1], marks[first, 2]
        after = stop - word - 1
        if kind == AT_SIGN and word >= start and (lean & AFTER_SPACE) != 0 and 0 <= after <= DATE_WORDS:
            if stop - start <= LONGEST_POST:
                kinds[start:stop] = POSTED
            dated = numerals[word + 1 : stop].any()
            if dated and word - start <= NAME_WORDS and start - before <= LONGEST_POST:
                kinds[before:start] = POSTED
        first += 1
    return first


@kernel
def next_menu(lines: Numbers, line: int, stop_line: int, start: int) -> tuple[int, int, int, int]:
    """The next run of SHORT_LINES or more short lines: its words from and to, the line after it and that line's words.

    `start` is the first word of `line`. Where there is no further run, it is empty and lies at the end.
    """
    run_start, run = start, 0
    while line < stop_line:
        stop, last, small = lines[line]
        if stop - start <= SHORT_LINE and not small and not is_among(last, LINE_ENDS):
            run_start = start if run == 0 else run_start
            run += 1
        elif run >= SHORT_LINES:
            return run_start, start, line, start
        else:
            run = 0
        line, start = line + 1, stop
    return (run_start if run >= SHORT_LINES else start), start, line, start


@kernel
def flag_menus(lines: Numbers, first_line: int, last_line: int, first_word: int, kinds: Bytes) -> None:
    """Flag the short lines of a page, unless it has nothing else: then they are the story."""
    line, start, end, beside = first_line, first_word, first_word, 0
    while line < last_line:
        run_start, run_stop, line, start = next_menu(lines, line, last_line, start)
        beside += int(np.sum(kinds[end:run_start] <= POSTED))
        end = run_stop
    line, start = first_line, first_word
    while line < last_line and beside > 0:
        run_start, run_stop, line, start = next_menu(lines, line, last_line, start)
        kinds[run_start:run_stop] = CLUTTER


@kernel
def looks_odd(first: int, last: int, words: int) -> bool:
    """Whether a line of so many words may be code or a signature, by its first and last character that is no space."""
    if is_among(last, CODE_ENDS) or is_among(first, CODE_STARTS):
        return True
    return words <= SIGNATURE_WORDS and (first == HYPHEN or is_among(first, LONG))


@kernel
def kind_of_odd_line(
    data: Bytes, begin: int, end: int, table: Hashes, first: int, last: int, words: int, kind: int, gaps: Integers
) -> int:
    """The kind of a line that `looks_odd`, the bytes from begin to end; kind: what its phrases make of it."""
    if (is_among(last, CODE_ENDS) or is_among(first, CODE_STARTS)) and is_code(data, begin, end):
        return CLUTTER
    if kind == TOLD and words <= SIGNATURE_WORDS:
        read_gaps(data, begin, end, table, GAPS, gaps)
        return CREDIT if is_signature(gaps, words, last) else TOLD
    return kind


@kernel
def flag_lines(
    data: Bytes,
    bounds: Integers,
    table: Hashes,
    hashes: Hashes,
    numerals: Flags,
    first_word: Integers,
    lines: Numbers,
    line_bytes: Integers,
    first_line: Integers,
    marks: Numbers,
    first_mark: Integers,
    rules: Numbers,
    slots: Numbers,
    phrase_words: Hashes,
    kinds: Bytes,
) -> None:
    """Set the kinds of words in lines that are no story; `kinds` (uint8) comes with quotations flagged.

    A text of one line is no page, and all of it the story but a dateline and a credit.

    data, bounds, table, lines, line_bytes and marks as `words_kernels.split_words` leaves them; rules int32, a row
    a rule; slots int32, a power of two long: the first rule of each phrase's first word; phrase_words uint64.
    """
    gaps = np.zeros(GAPS, np.int64)
    for text in range(len(first_word) - 1):
        paged = first_line[text + 1] - first_line[text] > 1
        before, start, mark, byte = first_word[text], first_word[text], first_mark[text], bounds[text]
        for line in range(first_line[text], first_line[text + 1]):
            stop, last, _ = lines[line]
            begin, first = line_begin(data, byte, line_bytes[line], table)
            byte = line_bytes[line]
            ended = is_among(last, SENTENCE_ENDS)
            kind, named = kind_of_line(hashes, start, stop, ended, rules, slots, phrase_words)
            if paged and looks_odd(first, last, stop - start):
                kind = kind_of_odd_line(data, begin, byte, table, first, last, stop - start, kind, gaps)
            if paged and kind != TOLD:
                kinds[start:stop] = kind
            elif named:
                words = read_gaps(data, begin, byte, table, READ_WORDS, gaps)
                flag_dateline(hashes, numerals, start, stop, words, gaps, rules, slots, phrase_words, kinds)
                read_gaps(data, begin, byte, table, stop - start, gaps)
                flag_credit(hashes, start, stop, last, gaps, rules, slots, phrase_words, kinds)
            if paged:
                mark = flag_posts(marks, mark, first_mark[text + 1], numerals, before, start, stop, kinds)
            before, start = start, stop
        if paged:
            flag_menus(lines, first_line[text], first_line[text + 1], first_word[text], kinds)
