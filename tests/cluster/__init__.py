"""A management cluster of real programs on loopback: etcd, kube-apiserver, Flux's controllers.

What cannot be had as a module is played by ``stand_ins``: helm-controller, Cozystack's operator, and
source-watcher where no binary of it is named.
"""
