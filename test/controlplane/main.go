// Command controlplane is a real Kubernetes control plane for the tests:
// etcd, kube-apiserver and kube-controller-manager, built from their
// published Go modules into one program, so that no container runtime and no
// download outside the Go module proxy is needed.
package main

import (
	"fmt"
	"io"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	role := os.Args[1]
	go endWithParent()
	// Each component parses os.Args itself and expects its own name first.
	os.Args = append([]string{role}, os.Args[2:]...)
	switch role {
	case "etcd":
		etcdmain.Main(os.Args)
	case "apiserver":
		os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
	case "controller-manager":
		os.Exit(cli.Run(controllermanager.NewControllerManagerCommand()))
	default:
		usage()
	}
}

// endWithParent exits once the pipe on standard input closes. The kernel closes
// it however the parent ends, so that a killed test run leaves nothing behind.
func endWithParent() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: controlplane etcd|apiserver|controller-manager [flags]")
	os.Exit(2)
}
