"""Entries of an inverted index: packed into bytes, merged, cut into pages, looked up.

An entry says that a unit bears a key. Entries are two arrays beside each other, places (int64: the key, mixed) and
units (uint32), in the order of place and then unit.

Packed, entries are a head of ten bytes: how many bytes a place takes, how many a unit, and the eight of a base; then
the places, as what they are above the base, and the units: first the lowest byte of each, then the next byte of each,
and so on, so that all of them are read and written at one go.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers, Words32
from storyclust.compile import kernel

HEAD = 10
PLACE_BYTES, UNIT_BYTES, BASE = 8, 4, 2  # the widest there are, and where the base stands
FIRST_PLACE, LAST_PLACE = -(1 << 63), (1 << 63) - 1
FIRST_STEP = 8  # entries, of a search from where the entry ought to be
# A bit for every so many places, of two megabytes: with a million entries in the tail, one in sixteen is set.
MARK_SHIFT, MARKS = np.uint64(40), 1 << 21
BYTE = np.uint64(8)
LOW_BYTE = np.uint64(0xFF)
# A bearer is the number of the place asked for in the upper half, the unit in the lower.
HALF, UNIT = 32, (1 << 32) - 1


@kernel
def bytes_for(number: np.uint64) -> int:
    """How many bytes a number takes: none for 0."""
    width = 0
    while number > np.uint64(0):
        width += 1
        number >>= BYTE
    return width


@kernel
def write_numbers(numbers: Hashes, width: int, data: Bytes) -> None:
    """Write the lowest byte of all numbers, the next byte of all, up to the width."""
    count = len(numbers)
    for plane in range(width):
        own, shift = data[plane * count : (plane + 1) * count], np.uint64(plane) * BYTE
        for index in range(count):
            own[index] = (numbers[index] >> shift) & LOW_BYTE


@kernel
def read_numbers(data: Bytes, width: int, numbers: Hashes) -> None:
    """The inverse of `write_numbers`; the numbers are zeroed."""
    count = len(numbers)
    for plane in range(width):
        own, shift = data[plane * count : (plane + 1) * count], np.uint64(plane) * BYTE
        for index in range(count):
            numbers[index] |= np.uint64(own[index]) << shift


@kernel
def read_number(data: Bytes, start: int, width: int, count: int, index: int) -> np.uint64:
    """One of so many numbers that are written from a start on."""
    number = np.uint64(0)
    for plane in range(width):
        number |= np.uint64(data[start + plane * count + index]) << (np.uint64(plane) * BYTE)
    return number


@kernel
def base_of(packed: Bytes) -> np.uint64:
    """What the places of packed entries are counted from."""
    return read_number(packed, BASE, PLACE_BYTES, 1, 0)


@kernel
def pack(places: Integers, units: Words32, starts: Integers, bases: Integers) -> tuple[Bytes, Integers]:
    """Pack the entries from each start to the next, above their base; the bytes, and where those of each begin."""
    stops = np.append(starts[1:], len(places))
    counts = stops - starts
    place_widths, unit_widths = np.zeros(len(starts), np.int64), np.ones(len(starts), np.int64)
    for page in range(len(starts)):
        if counts[page]:
            place_widths[page] = bytes_for(np.uint64(places[stops[page] - 1]) - np.uint64(bases[page]))
            unit_widths[page] = bytes_for(np.uint64(units[starts[page] : stops[page]].max()))
    first = np.zeros(len(starts) + 1, np.int64)
    first[1:] = np.cumsum(HEAD + counts * (place_widths + unit_widths))
    data = np.empty(first[-1], np.uint8)
    for page in range(len(starts)):
        own = data[first[page] : first[page + 1]]
        own[0], own[1] = place_widths[page], unit_widths[page]
        write_numbers(bases[page : page + 1].view(np.uint64), PLACE_BYTES, own[BASE:HEAD])
        beside = HEAD + counts[page] * place_widths[page]
        offsets = places[starts[page] : stops[page]].view(np.uint64) - np.uint64(bases[page])
        write_numbers(offsets, place_widths[page], own[HEAD:beside])
        write_numbers(units[starts[page] : stops[page]].astype(np.uint64), unit_widths[page], own[beside:])
    return data, first


@kernel
def count_packed(data: Bytes, first: Integers) -> Integers:
    """How many entries are packed into the bytes from each position to the next; -1 where they are not as packed."""
    counts = np.full(len(first) - 1, -1, np.int64)
    for page in range(len(counts)):
        length = first[page + 1] - first[page] - HEAD
        if length >= 0:
            place_width, unit_width = int(data[first[page]]), int(data[first[page] + 1])
            if place_width <= PLACE_BYTES and 0 < unit_width <= UNIT_BYTES:
                count = length // (place_width + unit_width)
                if count * (place_width + unit_width) == length:
                    counts[page] = count
    return counts


@kernel
def unpack(data: Bytes, first: Integers, counts: Integers) -> tuple[Integers, Words32]:
    """The places and units of all that is packed, one after another; counts as `count_packed` gives them."""
    offsets, numbers = np.zeros(counts.sum(), np.uint64), np.zeros(counts.sum(), np.uint64)
    stop = 0
    for page in range(len(counts)):
        own = data[first[page] : first[page + 1]]
        beside = HEAD + counts[page] * int(own[0])
        start, stop = stop, stop + counts[page]
        read_numbers(own[HEAD:beside], int(own[0]), offsets[start:stop])
        offsets[start:stop] += base_of(own)
        read_numbers(own[beside:], int(own[1]), numbers[start:stop])
    return offsets.view(np.int64), numbers.astype(np.uint32)


@kernel
def merge(places: Integers, units: Words32, other_places: Integers, other_units: Words32) -> tuple[Integers, Words32]:
    """The entries of both, in order, each once; those of either are in order, each once."""
    most = len(places) + len(other_places)
    merged_places, merged_units = np.empty(most, np.int64), np.empty(most, np.uint32)
    here, written = 0, 0
    for there in range(len(other_places)):
        place, unit = other_places[there], other_units[there]
        while here < len(places) and (places[here] < place or (places[here] == place and units[here] < unit)):
            merged_places[written], merged_units[written] = places[here], units[here]
            here, written = here + 1, written + 1
        if here < len(places) and places[here] == place and units[here] == unit:
            here += 1
        merged_places[written], merged_units[written] = place, unit
        written += 1
    rest = len(places) - here
    merged_places[written : written + rest], merged_units[written : written + rest] = places[here:], units[here:]
    return merged_places[: written + rest], merged_units[: written + rest]


@kernel
def cut(places: Integers, most: int) -> Integers:
    """Where pages begin: evenly, but never inside a place, and a place with more than `most` entries has its own."""
    starts = np.zeros(len(places) + 1, np.int64)
    written, even_from, entry = 0, 0, 0
    while entry <= len(places):
        stop = entry
        while stop < len(places) and places[stop] == places[entry]:
            stop += 1
        if stop - entry > most or entry == len(places):
            pages = (entry - even_from + most - 1) // most
            for page in range(pages):
                start = even_from + page * (entry - even_from) // pages
                while start > even_from and places[start - 1] == places[start]:
                    start -= 1
                if written == 0 or starts[written - 1] < start:
                    starts[written] = start
                    written += 1
            if stop > entry:
                starts[written] = entry
                written += 1
                even_from = stop
        entry = max(stop, entry + 1)
    return starts[: max(written, 1)]


@kernel
def first_from(places: Integers, place: int) -> int:
    """The first entry at a place or beyond it.

    Places are spread evenly, so where it ought to be is known; from there it goes by steps that double.
    """
    count = len(places)
    if count == 0 or places[0] >= place:
        return 0
    if places[count - 1] < place:
        return count
    passed = (float(place) - float(places[0])) / (float(places[count - 1]) - float(places[0]) + 1.0)
    low = min(int(passed * count), count)
    high, step = low, FIRST_STEP
    while low > 0 and places[low - 1] >= place:
        high = low - 1
        low = max(0, high - step)
        step += step
    while high < count and places[high] < place:
        low = high + 1
        high = min(count, low + step)
        step += step
    while low < high:
        middle = (low + high) // 2
        if places[middle] < place:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def between(places: Integers, units: Words32, start: int, last: int) -> tuple[Integers, Words32]:
    """The entries of the places from start to last."""
    begin = first_from(places, start)
    end = len(places) if last == LAST_PLACE else first_from(places, last + 1)
    return places[begin:end], units[begin:end]


@kernel
def mark(places: Integers, marks: Bytes) -> None:
    """Set the bit of each place: that of its highest bits. marks: MARKS bytes."""
    for place in places:
        bit = np.uint64(place) >> MARK_SHIFT
        marks[bit >> np.uint64(3)] |= np.uint8(1 << (bit & np.uint64(7)))


@kernel
def marked(wanted: Integers, marks: Bytes) -> Integers:
    """The numbers of the places wanted whose bit is set."""
    found, numbers = 0, np.empty(len(wanted), np.int64)
    for index in range(len(wanted)):
        bit = np.uint64(wanted[index]) >> MARK_SHIFT
        numbers[found] = index
        found += (marks[bit >> np.uint64(3)] >> (bit & np.uint64(7))) & 1
    return numbers[:found]


@kernel
def bearers_in_entries(places: Integers, units: Words32, wanted: Integers, numbers: Integers) -> Integers:
    """The units at each place wanted, rising places of these numbers, as bearers: int64."""
    starts, found = np.empty(len(wanted), np.int64), 0
    for index in range(len(wanted)):
        starts[index] = first_from(places, wanted[index])
        for entry in range(starts[index], len(places)):
            if places[entry] != wanted[index]:
                break
            found += 1
    borne = np.empty(found, np.int64)
    written = 0
    for index in range(len(wanted)):
        for entry in range(starts[index], len(places)):
            if places[entry] != wanted[index]:
                break
            borne[written] = numbers[index] << HALF | np.int64(units[entry])
            written += 1
    return borne


@kernel
def bearers_in_pages(data: Bytes, first: Integers, counts: Integers, wanted: Integers) -> Integers:
    """The same for packed pages, where the place wanted in each page is given."""
    starts, stops = np.empty(len(wanted), np.int64), np.empty(len(wanted), np.int64)
    for page in range(len(wanted)):
        width, position, count = int(data[first[page]]), first[page] + HEAD, counts[page]
        offset = np.uint64(wanted[page]) - base_of(data[first[page] : position])
        start, stop = 0, count
        while start < stop:
            middle = (start + stop) // 2
            if read_number(data, position, width, count, middle) < offset:
                start = middle + 1
            else:
                stop = middle
        while stop < count and read_number(data, position, width, count, stop) == offset:
            stop += 1
        starts[page], stops[page] = start, stop
    borne = np.empty((stops - starts).sum(), np.int64)
    written = 0
    for page in range(len(wanted)):
        width = int(data[first[page] + 1])
        position = first[page] + HEAD + counts[page] * int(data[first[page]])
        for entry in range(starts[page], stops[page]):
            unit = np.int64(read_number(data, position, width, counts[page], entry))
            borne[written] = np.int64(page) << HALF | unit
            written += 1
    return borne
