"""Agencies, facilities, units, stations, trunks, tariffs and the rules of calling."""
