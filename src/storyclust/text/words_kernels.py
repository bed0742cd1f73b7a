"""Words and their places, from UTF-8, in one pass over the bytes of a batch.

In: the UTF-8 bytes of many texts, where each begins, and the character table of `characters`.
Out: for every word a 64-bit hash of its folded letters and their marks and its half-open code-point offsets into the
text as given, and whether it holds a digit; every quotation mark and at sign with the word it stands before,
for `quotations_kernels` and `lines_kernels`; and where lines begin and how each ends.

A word is a run of letters and digits with the combining marks behind them; a character of a script written without
spaces is a word of its own, with its marks; ignored characters (soft hyphens, joiners) neither end a word nor count. A
character that stands for several is read as these, all of them at its place.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers, Numbers, Words32
from storyclust.compile import kernel

# The kind of a character: the top byte of its table entry. LEADING: opening brackets and dashes. Above them stand
# the kinds of quotation marks. Up to DIGIT they are the many, and are told apart without a branch.
SEPARATOR, SPACE, LEADING, WORD, DIGIT, COMBINING, IGNORED, NEWLINE, SINGLE, EXPANDED = range(10)

# An entry: the folded letter, the case of the character, the weight of its marks, its kind.
KIND_BITS, WEIGHT_BITS, WEIGHT_MASK, LETTER_MASK = 56, 24, 0xFFFFFFFF, 0x1FFFFF
SMALL, CAPITAL = 1 << 21, 1 << 22

TABLE_SIZE = 0x30000  # the first three planes; of what lies beyond, only Han is written with words ...
HAN_STOP = 0x32000  # ... and ends here
TAGS, TAGS_STOP = 0xE0000, 0xE1000  # tags and variation selectors, which nobody sees

MOST_WORDS = 6  # that one character stands for: ㌖ is キロメートル

HASH_SEED = np.uint64(0xCBF29CE484222325)
HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
MIX_SHIFT = np.uint64(33)

# What is kept of each word beside its hash, as bits: its writer's own telling; begins a shingle
# that its text has not had before; stands in a passage that everyone uses. The kind of the word stands above them.
NARRATED, FRESH, STOCK = 1, 2, 4
KIND_SHIFT = 4

# What a word is: narrated; in quotation marks; of an embedded post; of a caption; of a byline, agency's or copyright
# line; of the site around the story.
TOLD, QUOTED, POSTED, CAPTION, CREDIT, CLUTTER = range(6)
KINDS = 6

# A weight for each digit: words of the same digits, in whatever order and script, have the same sum.
ZERO = 0x30
DIGIT_WEIGHTS = np.array([1, 3, 7, 13, 22, 33, 47, 66, 87, 109], np.int64)
HAS_DIGITS, DIGIT_SUM = 0x80, 0x7F

# Marks that a letter may have or not: capitals of Greek go without; the Russian ё is printed е; the dot of the
# Turkish İ is left when it becomes an i.
GREEK, GREEK_STOP = 0x370, 0x400
CYRILLIC_IE, DIAERESIS = 0x435, 0x308
LATIN_I, DOT_ABOVE = 0x69, 0x307

# How a mark leans, as bits: what stands before it, what after, and whether it opens a line.
AFTER_SPACE, BEFORE_SPACE, LINE_START = 1, 2, 4


@kernel
def mix64(value: np.uint64) -> np.uint64:
    """The MurmurHash3 finalizer: every bit of the input reaches every bit of the output."""
    value ^= value >> MIX_SHIFT
    value *= MIX_1
    value ^= value >> MIX_SHIFT
    value *= MIX_2
    return value ^ (value >> MIX_SHIFT)


@kernel
def decode(data: Bytes, position: int) -> tuple[int, int]:
    """The code point at a byte of valid UTF-8 (lone surrogates included), and its length in bytes."""
    first = int(data[position])
    if first < 0x80:
        return first, 1
    second = int(data[position + 1]) & 0x3F
    if first < 0xE0:
        return (first & 0x1F) << 6 | second, 2
    third = int(data[position + 2]) & 0x3F
    if first < 0xF0:
        return (first & 0x0F) << 12 | second << 6 | third, 3
    return (first & 0x07) << 18 | second << 12 | third << 6 | int(data[position + 3]) & 0x3F, 4


@kernel
def kind_of(entry: np.uint64) -> int:
    """The kind of a character, from its entry."""
    return int(entry >> np.uint64(KIND_BITS))


@kernel
def letter_of(entry: np.uint64) -> int:
    """The code point that a character folds to."""
    return int(entry & np.uint64(LETTER_MASK))


@kernel
def weight_of(entry: np.uint64) -> np.uint64:
    """The weight of the marks of a character."""
    return (entry >> np.uint64(WEIGHT_BITS)) & np.uint64(WEIGHT_MASK)


@kernel
def read(data: Bytes, position: int, table: Hashes) -> tuple[np.uint64, int]:
    """The entry of the character at a byte, and its length in bytes."""
    code_point, width = decode(data, position)
    if code_point < TABLE_SIZE:
        return table[code_point], width
    kind = SINGLE if code_point < HAN_STOP else SEPARATOR
    if TAGS <= code_point < TAGS_STOP:
        kind = IGNORED
    return np.uint64(kind << KIND_BITS | code_point), width


@kernel
def read_letters(
    data: Bytes, position: int, end: int, table: Hashes, place: int, folded: int, word_hash: np.uint64
) -> tuple[int, int, int, np.uint64]:
    """Read on over plain letters of one byte, most of what there is: where they end, the last, and the hash."""
    while position < end and data[position] < 0x80 and kind_of(table[data[position]]) == WORD:
        folded = letter_of(table[data[position]])
        word_hash = (word_hash ^ np.uint64(folded)) * HASH_FACTOR
        position += 1
        place += 1
    return position, place, folded, word_hash


@kernel
def is_silent(letter: int, mark: int) -> bool:
    """Whether a combining mark counts for nothing on a letter."""
    return (
        GREEK <= letter < GREEK_STOP
        or (letter == LATIN_I and mark == DOT_ABOVE)
        or (letter == CYRILLIC_IE and mark == DIAERESIS)
    )


@kernel
def lean_of(data: Bytes, position: int, end: int, table: Hashes, before: int, line_start: bool) -> int:
    """How the mark that ends at a byte leans on its neighbours; a bracket or dash before it is as good as a space."""
    lean = AFTER_SPACE if before in (SPACE, NEWLINE, LEADING) else 0
    after = IGNORED
    while after == IGNORED and position < end:
        entry, width = read(data, position, table)
        after = kind_of(entry)
        position += width
    if after in (SPACE, NEWLINE, IGNORED):
        lean |= BEFORE_SPACE
    return lean | (LINE_START if line_start else 0)


@kernel
def digit_weight(digit: int) -> int:
    """The weight of a folded decimal digit."""
    return int(DIGIT_WEIGHTS[digit - ZERO])


@kernel
def split_expanded(
    entry: np.uint64,
    table: Hashes,
    place: int,
    hashes: Hashes,
    starts: Words32,
    stops: Words32,
    figures: Bytes,
    words: int,
    in_word: int,
    start: int,
    figure: int,
    word_hash: np.uint64,
    before: int,
    last: int,
) -> tuple[int, int, int, int, np.uint64, int, int]:
    """Add what a character stands for to the words so far, all of it at the place before `place`.

    Takes and returns what `split_words` keeps of the word under way, and the kind and the letter that came last.
    """
    first, after = letter_of(entry), letter_of(entry) + int(weight_of(entry))
    for part in range(first, after):
        kind, letter, weight = kind_of(table[part]), letter_of(table[part]), weight_of(table[part])
        if kind == COMBINING:
            if in_word or before == SINGLE:
                borne = words - 1 + in_word
                weight = np.uint64(0) if is_silent(last, letter) else weight
                word_hash += weight
                hashes[borne] += weight
                # A mark with letters behind it lies with these.
                stops[borne] = place if part + 1 == after else stops[borne]
            continue
        goes_on = in_word and kind in (WORD, DIGIT)
        words += in_word and not goes_on
        in_word = int(kind in (WORD, DIGIT))
        if in_word or kind == SINGLE:
            if not goes_on:
                word_hash, start, figure = HASH_SEED, place - 1, 0
            word_hash = (word_hash ^ np.uint64(letter)) * HASH_FACTOR + weight
            if kind == DIGIT:
                figure = HAS_DIGITS | ((figure + digit_weight(letter)) & DIGIT_SUM)
            hashes[words], starts[words], stops[words], figures[words] = word_hash, start, place, figure
            words += kind == SINGLE
        before, last = kind, letter
    return words, in_word, start, figure, word_hash, before, last


@kernel
def split_words(
    data: Bytes,
    bounds: Integers,
    table: Hashes,
    hashes: Hashes,
    starts: Words32,
    stops: Words32,
    figures: Bytes,
    first_word: Integers,
    marks: Numbers,
    first_mark: Integers,
    lines: Numbers,
    line_bytes: Integers,
    first_line: Integers,
) -> bool:
    """Fill the arrays for the texts ``data[bounds[i]:bounds[i + 1]]``; returns whether there is room for all words.

    data uint8; bounds int64, one more than texts; table uint64 as `characters` makes it; hashes uint64, starts
    and stops uint32, figures uint8, as long as half of data and one a text and MOST_WORDS more, which is room enough
    unless characters stand for several words, and twice data always is; first_word and first_mark
    int64, as bounds; marks int32, a row a mark: word, kind, lean, line, paragraph; lines int32, a row a line
    that has words: the word after its last, its last character that is no space, and whether it begins small;
    line_bytes int64, likewise: the byte where it ends.
    """
    words, seen, ended, fits = 0, 0, 0, True
    for text in range(len(bounds) - 1):
        first_word[text], first_mark[text], first_line[text] = words, seen, ended
        last, line_words, small = 0, words, False
        position, end, place = bounds[text], bounds[text + 1], 0
        in_word, figure, start, word_hash = 0, 0, 0, HASH_SEED
        before, line, paragraph = NEWLINE, 0, 0
        line_start, empty_line = True, False
        while position < end:
            entry, width = read(data, position, table)
            kind, folded = kind_of(entry), letter_of(entry)
            position += width
            place += 1
            if kind <= DIGIT:
                # A branch foreseen wrongly costs more than a character: so the word under way is written with every
                # character that is not read on over, and kept when it ends.
                is_word = int(kind >= WORD)
                if is_word and not in_word and words == line_words:
                    small = (entry & np.uint64(SMALL)) != 0
                words += in_word & (1 - is_word)
                start = start if in_word else place - 1
                word_hash = ((word_hash if in_word else HASH_SEED) ^ np.uint64(folded)) * HASH_FACTOR + weight_of(entry)
                figure = figure if in_word else 0
                if kind == DIGIT:
                    figure = HAS_DIGITS | ((figure + digit_weight(folded)) & DIGIT_SUM)
                if is_word:
                    position, place, folded, word_hash = read_letters(
                        data, position, end, table, place, folded, word_hash
                    )
                under_way = np.uint64(words)
                hashes[under_way] = word_hash
                starts[under_way] = start
                stops[under_way] = place
                figures[under_way] = figure
                in_word = is_word
                line_start = line_start and kind == SPACE
                empty_line = empty_line and kind == SPACE
                before = kind
                last = last if kind == SPACE else folded
            elif kind == SINGLE:
                words += in_word
                in_word = 0
                hashes[words] = (HASH_SEED ^ np.uint64(folded)) * HASH_FACTOR + weight_of(entry)
                starts[words], stops[words], figures[words] = place - 1, place, 0
                words += 1
                line_start, empty_line = False, False
                before, last = kind, folded
            elif kind == COMBINING:
                if in_word or before == SINGLE:
                    borne = np.uint64(words - 1 + in_word)
                    weight = np.uint64(0) if is_silent(last, folded) else weight_of(entry)
                    word_hash += weight
                    hashes[borne] += weight
                    stops[borne] = place
            elif kind == EXPANDED:
                if words + MOST_WORDS + (len(data) - position) // 2 + len(bounds) > len(hashes):
                    fits, end = False, position  # a return from here would cost every character a tenth
                    continue
                if not in_word and words == line_words:
                    small = (table[folded] & np.uint64(SMALL)) != 0
                words, in_word, start, figure, word_hash, before, last = split_expanded(
                    entry,
                    table,
                    place,
                    hashes,
                    starts,
                    stops,
                    figures,
                    words,
                    in_word,
                    start,
                    figure,
                    word_hash,
                    before,
                    last,
                )
                line_start, empty_line = False, False
            elif kind != IGNORED:
                words += in_word
                in_word = 0
                if kind == NEWLINE:
                    if words > line_words:
                        lines[ended, 0], lines[ended, 1], lines[ended, 2] = words, last, small
                        line_bytes[ended] = position - width
                        ended, line_words = ended + 1, words
                        small = False
                    line += 1
                    paragraph += line_start and not empty_line
                    empty_line, line_start = line_start, True
                else:
                    lean = lean_of(data, position, end, table, before, line_start)
                    marks[seen, 0], marks[seen, 1], marks[seen, 2] = words, kind, lean
                    marks[seen, 3], marks[seen, 4] = line, paragraph
                    seen += 1
                    line_start, empty_line = False, False
                    last = folded
                before = kind
        words += in_word
        if words > line_words:
            lines[ended, 0], lines[ended, 1], lines[ended, 2] = words, last, small
            line_bytes[ended] = end
            ended += 1
        for word in range(np.uint64(first_word[text]), np.uint64(words)):
            hashes[word] = mix64(hashes[word])
    first_word[len(bounds) - 1] = words
    first_mark[len(bounds) - 1] = seen
    first_line[len(bounds) - 1] = ended
    return fits
