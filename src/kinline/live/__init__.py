"""What goes on at this moment: where each call stands, how stations and trunks are, as switchboards tell it."""
