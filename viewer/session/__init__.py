"""The one mutable object, its commands and its history."""
