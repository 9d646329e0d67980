"""The law, by date: YAML of parameters and rules, a loader that refuses what it does not understand, a compiler to SQL. No Django here."""

from policy.compiler import CompiledRule, compile_rules
from policy.expressions import Relation
from policy.loader import LAW_FOLDER, load_folders, load_law
from policy.model import Law, Override, Rule
from policy.yamlfiles import LawError

__all__ = ["LAW_FOLDER", "CompiledRule", "Law", "LawError", "Override", "Relation", "Rule", "compile_rules", "load_folders", "load_law"]
