"""Sound on the wire: what a leg of a call can do with it, and the engine that does it.

`engine.py` is the contract that the switchboard knows; `embedded.py` keeps it within the process, and another engine
(rtpengine by its NG protocol) can keep it elsewhere. Phones use the embedded engine as well:

    engine = EmbeddedEngine("127.0.0.1", 20000, 29999)
    leg = await engine.open_leg(on_event)             # on_event(Digit("1")), PlaybackEnded(token), Dead(), ...
    offer = leg.offer(); leg.accept(answer)           # or: answer = leg.answer(offer)
    leg.play([Path("a.wav"), Path("b.wav")], token=1) # a phone: leg.send_audio(Path("voice.wav") or samples)
    leg.listen(tap)                                   # phones only: tap(mu_law_bytes, monotonic_time)
    engine.bridge(leg, other); recording = engine.record(leg, other, path)

How a packet goes: `wire` reads it, `latch` says whether it is the far end's, `rtp` counts it, the track of a recording
keeps its payload, and the peer's wire sends it on at once as part of its own continuous stream (no jitter buffer: the
far end has one). Only where nothing is bridged is it also decoded: `keytones` finds keys, `listening` finds spoken
names and machines. One ticker of 20 ms makes `playout` give each leg a frame, silence if there is nothing else.

What to know:
- Nobody hears a far end, and nothing of it is kept, but by `bridge`, `record`, `record_speech` and `listen`.
- Keys pressed during talk are reported, not passed to the other side: there they would only work somebody's menus.
  That holds for RFC 4733 events. Keys that come as tones are part of the audio and pass with it.
- What is played during talk is mixed over the other side's voice. Recordings hold what the far ends said, no prompts.
- Packets of 20 ms are sent, of any length received.
"""
