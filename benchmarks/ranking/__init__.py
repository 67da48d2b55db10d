"""Whether attention finds true quality, in simulated worlds, beside the orders that others use."""
