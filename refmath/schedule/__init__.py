"""The record of a schedule: what a declaration consists of, checked when it is built."""

from refmath.schedule.record import Recursion as Recursion
from refmath.schedule.record import Resolved as Resolved
from refmath.schedule.record import Schedule as Schedule
from refmath.schedule.record import Wrong as Wrong
from refmath.schedule.record import emitter as emitter
from refmath.schedule.symbols import Count as Count
from refmath.schedule.symbols import Listed as Listed
from refmath.schedule.symbols import count as count
from refmath.schedule.symbols import cycle as cycle
from refmath.schedule.symbols import entry as entry
from refmath.schedule.symbols import metric as metric
from refmath.schedule.symbols import passed as passed
from refmath.schedule.symbols import passed_before as passed_before
from refmath.schedule.symbols import product as product
from refmath.schedule.symbols import series as series
from refmath.schedule.symbols import t as t
