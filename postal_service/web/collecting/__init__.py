"""A citizen telephones and a courier is to come: the request noted, and the papers that go to the door."""
