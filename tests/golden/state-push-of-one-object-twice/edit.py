"""Gives web[1] the object of web[0], as a mistaken edit would."""
import json

state = json.load(open("state.json"))
state["resources"][1]["id"] = state["resources"][0]["id"]
json.dump(state, open("edited.json", "w"))
