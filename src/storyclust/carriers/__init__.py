"""What stories are carried in: lists, texts, data frames, data sets; and the same kind back with some of them.

In: what a caller holds. Out: a ``Carrier``, which gives records one by one and keeps those wanted of them. Files are
no carriers; `storyclust.io` reads them.
"""

from storyclust.carriers.carrier import Carrier
from storyclust.carriers.kinds import carrier_of
from storyclust.carriers.reading import CarrierReader
from storyclust.carriers.texts import Texts

__all__ = ["Carrier", "CarrierReader", "Texts", "carrier_of"]
