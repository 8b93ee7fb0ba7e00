"""From text to commands: macros, pipes, tokens, arguments."""
