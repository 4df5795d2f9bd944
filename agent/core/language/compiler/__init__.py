"""The compiler of the adapter language: one generated Python function per adapter."""

from agent.core.language.compiler.compiled import Compiled, compile_adapter

__all__ = ["Compiled", "compile_adapter"]
