"""How the parts of an artifact hang together: claims, experiments, evidence, code, tree and related work as a graph."""

from registry.ara.bindings.graph import Binding, BindingGraph, BindingKind, Duplicate, Thing, bind

__all__ = ["Binding", "BindingGraph", "BindingKind", "Duplicate", "Thing", "bind"]
