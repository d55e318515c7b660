//! `eksctl.io/v1alpha5` ClusterConfig documents: reading, and writing what can be read back.
