"""Practice mode: a private copy of a small invented commune, made at once and begun anew at will."""

from posasoft.portal.practice.exercises import EXERCISES, Exercise, standing
from posasoft.portal.practice.making import enter, give_up, leave

__all__ = ["EXERCISES", "Exercise", "enter", "give_up", "leave", "standing"]
