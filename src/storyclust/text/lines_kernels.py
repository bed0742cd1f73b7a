"""What the lines of a page are: captions, credits, embedded posts, site clutter, or the story itself.

In: the words and lines of texts, and the phrases of `rules` that give a line away. Out: the kind of every word.

1. A line with a phrase that stands where its rule says, and is not too long for it, is of the rule's kind.
2. A line that ends in a handle and a date signs a post: the line before it, or what stands in front on the same line.
3. Short lines without a full stop, several in a row, are a menu or a list of headlines, if the page has more than
   such lines. Lines broken at a fixed width are short too, but most go on with a small letter.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Flags, Hashes, Integers, Numbers
from storyclust.compile import kernel
from storyclust.text.quotations_kernels import AT_SIGN
from storyclust.text.words_kernels import AFTER_SPACE, CLUTTER, POSTED, TOLD

# Where a phrase must stand in its line, and the columns of a rule.
ANYWHERE, START, TAIL, WHOLE = range(4)
RULE_KIND, RULE_PLACE, RULE_MOST, RULE_UNENDED, RULE_FIRST, RULE_LAST, RULE_NEXT, RULE_COLUMNS = range(8)

TAIL_WORDS = 10
SHORT_LINE, SHORT_LINES = 9, 3
DATE_WORDS, LONGEST_POST, NAME_WORDS = 6, 80, 6

# Characters that end a sentence, and those that end what is no headline either.
SENTENCE_ENDS = np.array([ord(mark) for mark in ".!?…。！？؟۔।\"”»’'」』"], np.int64)
LINE_ENDS = np.array([ord(mark) for mark in ".!?…。！？؟۔।\"”»’'」』)）;"], np.int64)


@kernel
def is_among(character: int, marks: Integers) -> bool:
    """Whether a character is one of a few."""
    found = False
    for mark in marks:
        found |= character == mark
    return found


@kernel
def stands(rule: Numbers, place: int, start: int, stop: int) -> bool:
    """Whether a phrase that begins at a place of a line stands where its rule wants it."""
    where = rule[RULE_PLACE]
    if where == TAIL:
        return stop - place <= TAIL_WORDS
    if where == WHOLE:
        return place == start and stop - start == rule[RULE_LAST] - rule[RULE_FIRST]
    # What a line begins with announces the rest of it: "By" alone is a word.
    return where == ANYWHERE or (place == start and stop - start > rule[RULE_LAST] - rule[RULE_FIRST])


@kernel
def kind_of_line(
    hashes: Hashes, start: int, stop: int, ended: bool, rules: Numbers, slots: Numbers, phrase_words: Hashes
) -> int:
    """The kind that the first phrase to be met gives a line; TOLD if there is none, or one that says so."""
    mask = np.uint64(len(slots) - 1)
    found = TOLD
    for place in range(start, stop):
        number = slots[hashes[place] & mask]
        while number >= 0:
            rule = rules[number]
            first, length = rule[RULE_FIRST], rule[RULE_LAST] - rule[RULE_FIRST]
            fits = length <= stop - place
            for step in range(length if fits else 0):
                fits = fits and hashes[place + step] == phrase_words[first + step]
            fits = fits and stop - start <= rule[RULE_MOST] and not (ended and rule[RULE_UNENDED])
            if fits and stands(rule, place, start, stop):
                if rule[RULE_KIND] == TOLD:
                    return TOLD
                found = found if found != TOLD else int(rule[RULE_KIND])
            number = rule[RULE_NEXT]
    return found


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
def flag_lines(
    hashes: Hashes,
    numerals: Flags,
    first_word: Integers,
    lines: Numbers,
    first_line: Integers,
    marks: Numbers,
    first_mark: Integers,
    rules: Numbers,
    slots: Numbers,
    phrase_words: Hashes,
    kinds: Bytes,
) -> None:
    """Set the kinds of words in lines that are no story; `kinds` (uint8) comes with quotations flagged.

    A text of one line is no page, and all of it the story.

    lines and marks as `words_kernels.split_words` leaves them; rules int32, a row a rule; slots int32, a power of two
    long: the first rule of each phrase's first word; phrase_words uint64.
    """
    for text in range(len(first_word) - 1):
        if first_line[text + 1] - first_line[text] < 2:
            continue
        before, start, mark = first_word[text], first_word[text], first_mark[text]
        for line in range(first_line[text], first_line[text + 1]):
            stop, last, _ = lines[line]
            kind = kind_of_line(hashes, start, stop, is_among(last, SENTENCE_ENDS), rules, slots, phrase_words)
            if kind != TOLD:
                kinds[start:stop] = kind
            mark = flag_posts(marks, mark, first_mark[text + 1], numerals, before, start, stop, kinds)
            before, start = start, stop
        flag_menus(lines, first_line[text], first_line[text + 1], first_word[text], kinds)
