"""Door `server`: turns a request into one call on a room, and the answer into a reply; decides nothing."""
