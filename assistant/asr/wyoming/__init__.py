"""Recognition by a service on another machine or in another container, spoken to in the Wyoming protocol."""
