"""The interface for programs of paying agencies (docs/payer.md): its own keys, no session, JSON; beside the portal, never inside it."""
