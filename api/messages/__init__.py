"""National messages (PLO 1.6 and Epikrise 1.2): read from others, and written for the record system to send."""
