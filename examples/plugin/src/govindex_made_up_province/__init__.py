"""Two methodologies of a made-up province: a document in this folder, and one in code."""
