(* Contractive idempotents whose product has finitely many powers commute, so efe = fe.

   Vectors are those of any space with a nonnegative symmetric bilinear form over the rationals, given
   by its laws: they are hypotheses of the theorems, not axioms. Two vectors are one if no vector
   tells them apart. *)

From Coq Require Import QArith Lqa Arith Lia.
Open Scope Q_scope.

Section Space.

Variables (V : Type) (add : V -> V -> V) (scale : Q -> V -> V) (ip : V -> V -> Q).
Hypothesis ip_sym : forall x y, ip x y == ip y x.
Hypothesis ip_add : forall x y z, ip (add x y) z == ip x z + ip y z.
Hypothesis ip_scale : forall t x y, ip (scale t x) y == t * ip x y.
Hypothesis ip_nonneg : forall x, 0 <= ip x x.

Definition same (x y : V) := forall z, ip x z == ip y z.
Definition minus (x y : V) := add x (scale (-1) y).

Record linear (L : V -> V) := {
  of_sum : forall x y, same (L (add x y)) (add (L x) (L y));
  of_multiple : forall t x, same (L (scale t x)) (scale t (L x))
}.
Definition contractive (L : V -> V) := forall x, ip (L x) (L x) <= ip x x.
Definition idempotent (L : V -> V) := forall x, same (L (L x)) (L x).

Lemma ip_add_r x y z : ip x (add y z) == ip x y + ip x z.
Proof. rewrite ip_sym, ip_add. rewrite (ip_sym y), (ip_sym z). reflexivity. Qed.

Lemma ip_scale_r t x y : ip x (scale t y) == t * ip x y.
Proof. rewrite ip_sym, ip_scale, (ip_sym y). reflexivity. Qed.

Lemma square_zero c : c * c <= 0 -> c == 0.
Proof. intro H. destruct (Qlt_le_dec 0 c); [nra|]. destruct (Qlt_le_dec c 0); nra. Qed.

(* A parabola through 0 that is never negative is level there. *)
Lemma level c n : 0 <= n -> (forall t, 0 <= 2 * t * c + t * t * n) -> c == 0.
Proof.
  intros N H. specialize (H (- c / (n + 1))). set (t := - c / (n + 1)) in *.
  assert (T : t * (n + 1) == - c) by (unfold t; field; lra).
  assert (P : 0 <= (2 * t * c + t * t * n) * ((n + 1) * (n + 1))).
  { apply Qmult_le_0_compat; trivial. nra. }
  setoid_replace ((2 * t * c + t * t * n) * ((n + 1) * (n + 1)))
    with (2 * (t * (n + 1)) * c * (n + 1) + (t * (n + 1)) * (t * (n + 1)) * n) in P by ring.
  rewrite T in P. apply square_zero.
  assert (0 <= c * c) by (destruct (Qlt_le_dec 0 c); nra).
  assert (0 <= c * c * n) by (apply Qmult_le_0_compat; trivial).
  lra.
Qed.

Lemma null x : ip x x == 0 -> same x (scale 0 x).
Proof.
  intros H z. rewrite ip_scale, Qmult_0_l. apply (level _ (ip z z)); trivial. intro t.
  pose proof (ip_nonneg (add x (scale t z))) as P.
  rewrite ip_add, !ip_add_r, !ip_scale, !ip_scale_r, (ip_sym z x), H in P. nra.
Qed.

Lemma close x y : ip x x - 2 * ip x y + ip y y == 0 -> same x y.
Proof.
  intros H z. assert (N : ip (minus x y) (minus x y) == 0).
  { unfold minus. rewrite ip_add, !ip_add_r, !ip_scale, !ip_scale_r, (ip_sym y x). rewrite <- H. ring. }
  pose proof (null _ N z) as K. unfold minus in K. rewrite ip_scale, ip_add, ip_scale in K. lra.
Qed.

(* A contractive idempotent is an orthogonal projection. *)
Lemma self_adjoint P : linear P -> contractive P -> idempotent P ->
  forall x y, ip (P x) y == ip x (P y).
Proof.
  intros [A M] C I.
  assert (O : forall u y, ip (P u) y == ip (P u) (P y)).
  { intros u y. set (w := minus y (P y)).
    assert (W : forall z, ip (P w) z == 0).
    { intro z. unfold w, minus. rewrite (A _ _ z), ip_add, (M _ _ z), ip_scale, (I y z). ring. }
    assert (Z : ip (P u) w == 0).
    { apply (level _ (ip w w)); trivial. intro t.
      pose proof (C (add (P u) (scale t w))) as H.
      assert (E : forall z, ip (P (add (P u) (scale t w))) z == ip (P u) z).
      { intro z. rewrite (A _ _ z), ip_add, (M _ _ z), ip_scale, W, (I u z). ring. }
      rewrite E, ip_sym, E in H.
      rewrite ip_add, !ip_add_r, !ip_scale, !ip_scale_r, (ip_sym w (P u)) in H. lra. }
    unfold w, minus in Z. rewrite ip_add_r, ip_scale_r in Z. lra. }
  intros x y. rewrite O, ip_sym, <- O, ip_sym. reflexivity.
Qed.

Section Two.

Variables P R : V -> V.
Hypotheses (linear_P : linear P) (linear_R : linear R).
Hypotheses (contractive_P : contractive P) (contractive_R : contractive R).
Hypotheses (idempotent_P : idempotent P) (idempotent_R : idempotent R).

Let adjoint_P := self_adjoint P linear_P contractive_P idempotent_P.
Let adjoint_R := self_adjoint R linear_R contractive_R idempotent_R.

Fixpoint power (n : nat) (x : V) : V := match n with O => x | S n => P (R (P (power n x))) end.

Hypothesis finite : exists a d, forall x, same (power (a + S d) x) (power a x).

Lemma adjoint x y : ip (P (R (P x))) y == ip x (P (R (P y))).
Proof.
  transitivity (ip (R (P x)) (P y)); [apply adjoint_P|].
  transitivity (ip (P x) (R (P y))); [apply adjoint_R|apply adjoint_P].
Qed.

Lemma product_same x y : same x y -> same (P (R (P x))) (P (R (P y))).
Proof.
  intros H z. transitivity (ip x (P (R (P z)))); [apply adjoint|].
  transitivity (ip y (P (R (P z)))); [apply H|symmetry; apply adjoint].
Qed.

Lemma power_inside k x : same (power k (P (R (P x)))) (P (R (P (power k x)))).
Proof.
  induction k as [|k IH]; simpl; [intro; reflexivity|]. now apply product_same.
Qed.

Lemma move m : forall n x y, ip (power (m + n) x) y == ip (power n x) (power m y).
Proof.
  induction m as [|m IH]; intros n x y; simpl; [reflexivity|].
  transitivity (ip (power (m + n) x) (P (R (P y)))); [apply adjoint|].
  transitivity (ip (power n x) (power m (P (R (P y))))); [apply IH|].
  rewrite ip_sym. transitivity (ip (P (R (P (power m y)))) (power n x)).
  - apply power_inside.
  - apply ip_sym.
Qed.

Let f (x : V) (n : nat) := ip (power n x) x.

Lemma f_even x k : f x (k + k) == ip (power k x) (power k x).
Proof. apply move. Qed.

Lemma f_odd x k : f x (S (k + k)) == ip (R (P (power k x))) (R (P (power k x))).
Proof.
  unfold f. replace (S (k + k)) with (k + S k)%nat by lia.
  transitivity (ip (power (S k) x) (power k x)); [apply move|]. simpl.
  transitivity (ip (R (P (power k x))) (P (power k x))); [apply adjoint_P|].
  transitivity (ip (R (R (P (power k x)))) (P (power k x))).
  - symmetry. apply idempotent_R.
  - apply adjoint_R.
Qed.

Lemma f_decreasing x n : f x (S n) <= f x n.
Proof.
  assert (E : forall k, f x (S (k + k)) <= f x (k + k) /\ f x (S (S (k + k))) <= f x (S (k + k))).
  { intro k. rewrite f_even, f_odd. split.
    - eapply Qle_trans; [apply contractive_R|apply contractive_P].
    - replace (S (S (k + k))) with (S k + S k)%nat by lia. rewrite f_even. simpl.
      apply contractive_P. }
  destruct (Nat.Even_or_Odd n) as [[k ->]|[k ->]].
  - replace (2 * k)%nat with (k + k)%nat by lia. apply E.
  - replace (2 * k + 1)%nat with (S (k + k)) by lia. apply E.
Qed.

Lemma f_falls x m n : (m <= n)%nat -> f x n <= f x m.
Proof.
  induction 1; [apply Qle_refl|]. eapply Qle_trans; [apply f_decreasing|trivial].
Qed.

Lemma still_from m : (forall x n, (m <= n)%nat -> f x (S n) == f x n) ->
  forall k x, (m <= k + k)%nat -> same (power (S k) x) (power k x).
Proof.
  intros F k x L. apply close.
  assert (E : ip (power (S k) x) (power k x) == f x (S (k + k))).
  { unfold f. replace (S (k + k)) with (k + S k)%nat by lia. symmetry. apply move. }
  rewrite E, <- (f_even x (S k)), <- (f_even x k).
  replace (S k + S k)%nat with (S (S (k + k))) by lia.
  rewrite (F x (S (k + k))), (F x (k + k)%nat) by lia. ring.
Qed.

Lemma eventually_still : exists a, forall k x, (a <= k)%nat -> same (power (S k) x) (power k x).
Proof.
  destruct finite as (a & d & H). exists a. intros k x L. apply (still_from a); [|lia].
  clear k x L. intros x n L. apply Qle_antisym; [apply f_decreasing|].
  assert (C : f x (n + S d) == f x n).
  { unfold f. destruct (Nat.le_exists_sub a n L) as (m & -> & _).
    replace (m + a + S d)%nat with (m + (a + S d))%nat by lia.
    transitivity (ip (power (a + S d) x) (power m x)); [apply move|].
    transitivity (ip (power a x) (power m x)); [apply H|symmetry; apply move]. }
  rewrite <- C. apply f_falls. lia.
Qed.

(* One power is enough: the product is idempotent. *)
Lemma product_idempotent x : same (power 2 x) (power 1 x).
Proof.
  destruct eventually_still as (a & H).
  assert (D : forall k, (forall x, same (power (S (S k)) x) (power (S k) x)) ->
    forall x, same (power 2 x) (power 1 x)).
  { induction k as [|k IH]; intro K; trivial. apply IH. intro y.
    apply (still_from (S (S k))); [|lia]. clear y. intros y n L. unfold f.
    destruct (Nat.le_exists_sub (S (S k)) n L) as (m & -> & _).
    replace (S (m + S (S k))) with (m + S (S (S k)))%nat by lia.
    transitivity (ip (power (S (S (S k))) y) (power m y)); [apply move|].
    transitivity (ip (power (S (S k)) y) (power m y)); [apply K|symmetry; apply move]. }
  apply (D a). intro y. apply H. lia.
Qed.

Lemma right_product x : same (R (P x)) (P (R (P x))).
Proof.
  assert (N : ip (R (P x)) (R (P x)) == ip (P (R (P x))) (P (R (P x)))).
  { transitivity (f x 1); [symmetry; apply (f_odd x 0)|].
    transitivity (f x 2); [symmetry; apply (product_idempotent x)|apply (f_even x 1)]. }
  apply close.
  assert (M : ip (R (P x)) (P (R (P x))) == ip (P (R (P x))) (P (R (P x)))).
  { transitivity (ip (R (P x)) (P (P (R (P x))))).
    - rewrite ip_sym. transitivity (ip (P (P (R (P x)))) (R (P x))).
      + symmetry. apply idempotent_P.
      + apply ip_sym.
    - symmetry. apply adjoint_P. }
  rewrite M, N. ring.
Qed.

(* The two projections commute. *)
Theorem idempotents_commute x : same (P (R x)) (R (P x)).
Proof.
  intro z. transitivity (ip x (R (P z))).
  { transitivity (ip (R x) (P z)); [apply adjoint_P|apply adjoint_R]. }
  transitivity (ip x (P (R (P z)))).
  { rewrite ip_sym. transitivity (ip (P (R (P z))) x); [apply right_product|apply ip_sym]. }
  transitivity (ip (P (R (P x))) z); [symmetry; apply adjoint|symmetry; apply right_product].
Qed.

(* Reading "e, f, e" is reading "f, e", where e and f are idempotent affine maps. *)
Theorem efe_is_fe (b c : V) :
  let e x := add (P x) b in
  let f x := add (R x) c in
  (forall x, same (e (e x)) (e x)) -> forall x, same (e (f (e x))) (e (f x)).
Proof.
  intros e g E x z. unfold e, g.
  assert (Sum : forall u v, ip (P (add u v)) z == ip (P u) z + ip (P v) z).
  { intros u v. transitivity (ip (add (P u) (P v)) z); [apply (of_sum P linear_P)|apply ip_add]. }
  assert (PE : same (P (add (P x) b)) (P x)).
  { intro y. pose proof (E x y) as H. unfold e in H.
    pose proof (ip_add (P (add (P x) b)) b y). pose proof (ip_add (P x) b y). lra. }
  assert (K : ip (P (R (add (P x) b))) z == ip (P (R x)) z).
  { transitivity (ip (R (P (add (P x) b))) z); [apply idempotents_commute|].
    transitivity (ip (P (add (P x) b)) (R z)); [apply adjoint_R|].
    transitivity (ip (P x) (R z)); [apply PE|].
    transitivity (ip (R (P x)) z); [symmetry; apply adjoint_R|symmetry; apply idempotents_commute]. }
  pose proof (ip_add (P (add (R (add (P x) b)) c)) b z). pose proof (ip_add (P (add (R x) c)) b z).
  pose proof (Sum (R (add (P x) b)) c). pose proof (Sum (R x) c). lra.
Qed.

End Two.
End Space.

Definition theorems := (@idempotents_commute, @efe_is_fe).
Print Assumptions theorems.
