#include "cli/manual.h"

#include <algorithm>
#include <array>

namespace jim {

namespace {

constexpr std::array kPages = {
    ManualPage{"init", R"(Nothing else is written or fetched. A file that is there is left alone.)",
               R"(jim init
jim init --example latitude)"},
    ManualPage{
        "validate",
        R"(Names, types, references, cycles: every mistake is told in one run. No credential is needed.)",
        R"(jim validate
jim validate -f base.yaml -f staging.yaml --var servers=5)"},
    ManualPage{
        "explain",
        R"(Providers of your own are explained too when the file here names their manifests.)",
        R"(jim explain file
jim explain types
jim explain latitude.server
jim explain latitude.server.plan
jim explain function format)"},
    ManualPage{
        "plan",
        R"(Reads what exists, compares it with the file and shows what 'jim apply' would do: + create,
~ change, -/+ replace, - delete, ← adopt, → rename, . forget. Nothing is changed.

With --destroy the flags --target and --exclude mean what they mean to 'jim destroy'.)",
        R"(jim plan
jim plan --out plan.json && jim apply plan.json
jim plan --target 'web[0]'
jim plan -o markdown > comment.md)"},
    ManualPage{
        "apply",
        R"(Plans, asks, and does it, side by side where nothing depends on the other. After a failure or an
interruption the same command goes on from there; no object is made twice. A saved plan is done
without asking, and refused when something that it relies on has moved. It has the values of --var
that it was made with; only secret ones have to be given again.

The first Ctrl-C starts nothing new, hears the requests that are out to their end, and waits for no
machine any more: the same command goes on from there. The second leaves at once. Both are safe.)",
        R"(jim apply
jim apply plan.json
jim apply --yes --var servers=5
jim --sandbox apply)"},
    ManualPage{
        "destroy",
        R"(Asks first. Objects of resources with 'keep' are left alone; a resource with 'protect' stops it
before anything is deleted. What needs a resource cannot stand without it: --target takes it along,
and --exclude leaves the resource and all that it needs, but not what needs it.)",
        R"(jim destroy
jim destroy --target web
jim destroy --exclude ops
jim plan --destroy)"},
    ManualPage{
        "adopt",
        R"(Marks an object that somebody made by other means as this resource of the file. The next plan then
shows how it differs from the file. The object itself is not changed, but for its mark.)",
        R"(jim adopt web sv_k0LwQXe7nNVZg
jim adopt 'web[0]' sv_k0LwQXe7nNVZg)"},
    ManualPage{
        "drift",
        R"(Compares the live objects with what jim did last. The file is not compared: 'jim plan' does that.)",
        R"(jim drift
jim drift --detailed-exitcode || echo somebody was here)"},
    ManualPage{
        "output",
        R"(Asks no vendor: these are the values of the last apply. With a name, a text is printed as it is,
ready for a shell; anything else as JSON. Secrets are not stored: asking for
one ends with status 1.)",
        R"(jim output
ssh root@$(jim output address)
jim output -o json)"},
    ManualPage{"graph", R"(An arrow goes from what is made first to what needs it.)",
               R"(jim graph | dot -Tsvg > graph.svg
jim graph --format mermaid)"},
    ManualPage{
        "state",
        R"(State says which object belongs to which resource. It lies in .jim/state.db, or where 'state:' of
the file or --state says: another file, or etcd, S3 or a server of Terraform's http protocol for
state that several people share ('jim explain state'). It may be lost: 'jim state rebuild' makes it
anew.)",
        R"(jim state list
jim --state etcd://h1,h2,h3/jim/chat state list
jim state mv web frontend)"},
    ManualPage{"state list", "", R"(jim state list
jim state list -o json)"},
    ManualPage{"state show", "Secrets are kept as fingerprints only.",
               R"(jim state show 'web[0]')"},
    ManualPage{
        "state mv",
        R"(For a resource that got another name in the file. 'was: OLDNAME' beside it in the file does the same
with the next apply, and the plan shows it.)",
        R"(jim state mv web frontend
jim state mv web 'web[0]')"},
    ManualPage{
        "state rm",
        R"(It goes on costing, too. Asks first, and takes jim's mark off the object. The bare name of a
resource with 'count' or 'for_each' means all of its objects.)",
        R"(jim state rm 'web[2]'
jim state rm web)"},
    ManualPage{
        "state export",
        R"(Secrets stand in it as fingerprints. --with-key adds the key that they were made with, by which a
guess at a secret can be tried: keep such a file as private as the state itself. Only with the key
can another state be made of it that still tells changed secrets from unchanged ones. The rest is in
clear, also where the state is sealed. The history is not in it.)",
        R"(jim state export > state.json
jim state export --with-key > state.json)"},
    ManualPage{
        "state pull",
        R"(What it prints holds the key of the fingerprints, and is in clear also where the state is sealed:
keep it as you keep the state. The history is not in it; 'jim state move' takes that along.)",
        R"(jim state pull > state.json)"},
    ManualPage{
        "state push",
        R"(For a state from a backup. It is taken into an empty place, or in place of an older or newer
writing of the same state; the state of another project or another lineage is never written over.
The history of that place stays as it is: the file brings none, and an empty place has none. The
objects themselves are left alone. Asks first.)",
        R"(jim state push state.json)"},
    ManualPage{
        "state move",
        R"(Copies the state and its history, reads it back and compares; then the old place is marked, and no
command goes on with it by accident. Both places are locked meanwhile, and at no instant are both in
use: cut short, the same command ends it. Then say the new place in the file. It moves back in the
same way. Asks first.)",
        R"(jim state move --to https://gitlab.example/api/v4/projects/7/terraform/state/shop
jim --state .jim/new.db state move --to .jim/state.db)"},
    ManualPage{
        "history",
        R"(The last 100 runs that changed something, the latest first. A run that did not end was killed:
the next run went on from there. An object counts in the run that ordered it, also
when a later run finished it.)",
        R"(jim history
jim history -o markdown
jim history show 12)"},
    ManualPage{
        "history show",
        R"(Each step with the objects that it made or touched, how long it took, and the vendor's own
numbers of the requests, which its support asks for.)",
        R"(jim history show 12
jim history show last)"},
    ManualPage{
        "undo",
        R"(Plans, asks, and does it: what the run made goes, what it changed gets its former values, what it
deleted is made anew (another machine, with nothing on its disks) and refers to what is made anew
with it. What a later run changed again is left alone, and so is what something else still needs,
and so are secrets, which jim does not keep: all of that is said. An undo and the run that it undid
cancel out, so that older runs can be undone next. 'protect', 'keep' and 'needs' stay as they are.
The file is not changed; as long as it says otherwise, the next plan does too.)",
        R"(jim undo 12
jim undo last)"},
    ManualPage{"state rebuild",
               R"(Looks for this project's marks on all objects of the accounts that the
file uses, and writes a record for each. Objects that were made with another state are taken over
only after asking, and so are those that can carry no mark and are as the file describes a resource
that is still missing. What a vendor never shows is taken to be as the file says.)",
               R"(jim state rebuild)"},
    ManualPage{"provider",
               "A provider is one YAML file about a vendor's API. Those listed are built in; "
               "'providers:' of the\nfile may name one of your own.",
               R"(jim provider list
jim provider check ./acme.yaml)"},
    ManualPage{"provider list", "", R"(jim provider list
jim provider list -o json)"},
    ManualPage{"provider check",
               "Tells every mistake of a manifest with its line. Nothing is sent.",
               R"(jim provider check ./acme.yaml)"},
    ManualPage{
        "sandbox",
        R"(Emulated vendors answer over HTTP as the real ones do, and keep what they hold in .jim/sandbox.
There are two: Latitude.sh and Lambda. 'jim --sandbox COMMAND' starts them for one command; 'serve'
keeps them running.

With --sandbox jim remembers what it made in .jim/sandbox-state.db, never in the file's own state;
--state names another place. 'output' and 'state' look there too when --sandbox is given.)",
        R"(jim --sandbox apply
jim sandbox serve --listen 127.0.0.1:8080
jim sandbox drift)"},
    ManualPage{"sandbox serve", "Prints its URL when it listens, and runs until Ctrl-C.",
               R"(jim sandbox serve --listen 127.0.0.1:8080
jim sandbox serve --pace 0.01 --scenario bad-day.yaml)"},
    ManualPage{
        "sandbox reset",
        R"(Takes the sandbox's state (.jim/sandbox-state.db) away with it. With --data only that folder's
objects go. Refused, with status 8, while a run holds that state.)",
        R"(jim sandbox reset)"},
    ManualPage{"sandbox drift",
               "Deletes the server *-0 and renames *-1. Refused, with status 8, while a run holds "
               "the state.",
               R"(jim sandbox drift && jim --sandbox drift)"},
    ManualPage{
        "schema",
        R"(Holds every built-in type with its attributes. Editors that know JSON Schema then complete and
check while you type.)",
        R"(jim schema > .jim/schema.json
# and as the first line of jim.yaml:
# yaml-language-server: $schema=.jim/schema.json)"},
    ManualPage{"completion", "The script knows commands, flags and their words.",
               R"(source <(jim completion bash)
jim completion bash > ~/.local/share/bash-completion/completions/jim
jim completion zsh > "${fpath[1]}/_jim"
jim completion fish > ~/.config/fish/completions/jim.fish)"},
    ManualPage{"version", "", R"(jim version
jim version -o json)"},
    ManualPage{"help", "", R"(jim help plan
jim help state mv)"},
};

}  // namespace

const ManualPage* manual_page(std::string_view path) {
  const auto page = std::find_if(kPages.begin(), kPages.end(),
                                 [path](const ManualPage& one) { return one.path == path; });
  return page == kPages.end() ? nullptr : &*page;
}

}  // namespace jim
