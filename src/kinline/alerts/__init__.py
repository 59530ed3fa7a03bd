"""What families are told without asking: that a balance is low, that a call did not reach them.

The worker looks, after the money has moved: a settlement writes nothing more than before. Each falling of a balance is
told once (`core.telling.watched`), each reason of missed calls once a day for a resident; the notices' own keys see to
it that no restart tells anything twice.
"""
