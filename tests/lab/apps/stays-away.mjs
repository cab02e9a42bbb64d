// A test that was meant to go through the proxy and does not: it visits nobody.
