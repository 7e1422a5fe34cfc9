"""Runs the user's own script under the recorder, in the user's own surroundings, and judges what was seen.

Nothing here is sandboxed: it is their script. Nothing of torch is imported before the script does so itself, for what a
script sets before (threads, devices) has to keep its effect.
"""
