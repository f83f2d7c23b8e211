"""The oracle of schedules: somebody's learning rates held against a declared schedule."""

from refmath.oracle.schedule.api import check_schedule as check_schedule
