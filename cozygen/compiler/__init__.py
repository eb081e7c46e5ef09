"""The compiler: from the bytes of a spec to diagnostics and a tree.

The tenants below one top-level tenant, a *family*, depend on the site, on root and on one another, but on no
other family. So families are compiled one by one, several at a time if the caller brings a way to, and one
that has not changed since it was remembered is not compiled again. What has to be seen as a whole (names and
hosts that clash, StorageClasses that are missing, people's accounts, Flux's index) is worked out from the few
facts that each tenant contributes.

Everything here is pure. How work is spread over processes, and where memories are kept, is the caller's.
"""
