"""The oracle: holds an implementation against a declared rule, and says what it found."""
