"""Ground floor: what Driftmend knows, without I/O, clock or chance."""
