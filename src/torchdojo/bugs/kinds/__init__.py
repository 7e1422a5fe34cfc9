"""One file per bug kind. They are found by walking this folder; nothing lists them."""
