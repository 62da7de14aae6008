"""How everything looks and reads: colours and signs, words and numbers, the scripts that draw charts."""
